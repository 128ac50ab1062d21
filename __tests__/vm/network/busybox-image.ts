import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeTrailer } from "../../../src/gvmi/trailer.ts";
import { chooseWriter } from "../../../src/squashfs/choose-writer.ts";
import type { BootableImage, BootOptions } from "../../../src/vm/boot.ts";
import type { VirtualMachine } from "../../../src/vm/virtual-machine.ts";
import { entry, fileEntry } from "../../support/entries.ts";

export const bootOptions: BootOptions = {
  runtime: { name: "system" },
  memoryMib: 256,
  cpus: 1,
  bootTimeoutMs: 250_000,
};

/**
 * An image with busybox, pages for its web server, and `/bin/resolve` (resolve.c): Debian's static busybox cannot
 * look names up without the C library's own modules.
 */
export async function makeBusyboxImage(directory: string): Promise<BootableImage> {
  const path = join(directory, "image.gvmi");
  const resolve = join(directory, "resolve");
  execFileSync("musl-gcc", ["-static", "-Os", "-o", resolve, join(__dirname, "resolve.c")]);
  const entries = [
    entry(""),
    entry("bin"),
    fileEntry("bin/busybox", readFileSync("/bin/busybox"), { mode: 0o755 }),
    fileEntry("bin/resolve", readFileSync(resolve), { mode: 0o755 }),
    entry("bin/sh", { type: "symlink", linkTarget: "busybox" }),
    entry("etc"),
    entry("proc"),
    entry("sys"),
    entry("www"),
    fileEntry("www/page", Buffer.from("a page\n")),
    fileEntry("www/large", Buffer.alloc(4 * 1024 * 1024, "golem ")),
  ];
  writeFileSync(path, "");
  await chooseWriter("gzip").write(entries, path, { compression: "gzip" });
  appendFileSync(path, encodeTrailer("{}"));
  return { path, volumes: [], workingDirectory: "/", environment: [] };
}

/** Runs a line of busybox's shell, whose commands are busybox's own. */
export async function shell(
  machine: VirtualMachine,
  line: string,
): Promise<{ exitCode: number | undefined; output: string }> {
  let output = "";
  const { exitCode } = await machine.run({
    argv: ["/bin/busybox", "sh", "-c", line],
    timeoutMs: 60_000,
    onOutput: (_stream, chunk) => {
      output += Buffer.from(chunk).toString();
    },
  });
  return { exitCode, output };
}
