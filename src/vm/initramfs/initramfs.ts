import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { cacheDirectory } from "../../system/cache-directory.ts";
import { makeDirectories } from "../../system/make-directories.ts";
import { replaceFile } from "../../system/replace-file.ts";
import { readModule } from "../kernel/module-file.ts";
import { moduleName } from "../kernel/module-name.ts";
import { type CpioEntry, cpioDirectory, encodeCpio } from "./cpio.ts";
import { guestAgentBinary } from "./guest-agent-binary.ts";

/**
 * Makes the initramfs that boots an image: the guest agent as `/init`, and below `/modules` the kernel
 * modules that it loads, decompressed, in the order of their names.
 *
 * It is kept in the cache under the digest of its contents, so a changed agent or kernel gives a new one.
 *
 * @returns the path of the cpio archive. It is not compressed: under emulation the guest takes longer to
 * decompress it than QEMU takes to hand it over.
 */
export async function makeInitramfs(moduleFiles: readonly string[]): Promise<string> {
  const archive = encodeCpio(await initramfsEntries(moduleFiles));
  const digest = createHash("sha256").update(archive).digest("hex");
  const directory = join(cacheDirectory(), "initramfs");
  const path = join(directory, `${digest.slice(0, 32)}.cpio`);
  const present = await readFile(path).catch(() => undefined);
  if (present?.equals(archive)) return path;
  await makeDirectories(directory);
  await replaceFile(path, (partialPath) => writeFile(partialPath, archive));
  return path;
}

async function initramfsEntries(moduleFiles: readonly string[]): Promise<CpioEntry[]> {
  const modules = await Promise.all(
    moduleFiles.map(async (file, index) => ({
      path: `modules/${String(index).padStart(3, "0")}-${moduleName(basename(file))}.ko`,
      mode: 0o100644,
      content: await readModule(file),
    })),
  );
  return [
    ...["dev", "proc", "sys", "modules"].map(cpioDirectory),
    { path: "init", mode: 0o100755, content: await readFile(guestAgentBinary()) },
    ...modules,
  ];
}
