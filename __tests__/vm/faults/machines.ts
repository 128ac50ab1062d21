import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { encodeTrailer } from "../../../src/gvmi/trailer.ts";
import type { Entry } from "../../../src/oci/entry.ts";
import { chooseWriter } from "../../../src/squashfs/choose-writer.ts";
import type { SquashfsOptions } from "../../../src/squashfs/squashfs-writer.ts";
import type { BootableImage, BootOptions } from "../../../src/vm/boot.ts";
import { encodeCpio } from "../../../src/vm/initramfs/cpio.ts";
import type { Runtime } from "../../../src/vm/runtime.ts";
import { prepareSystemRuntime } from "../../../src/vm/system-runtime.ts";
import { entry, fileEntry } from "../../support/entries.ts";

const BOOT_TIMEOUT_MS = 250_000;

export const bootOptions: BootOptions = {
  memoryMib: 256,
  cpus: 1,
  bootTimeoutMs: BOOT_TIMEOUT_MS,
  accelerator: "auto",
  runtime: { name: "system" },
};

/** A place for images, and beside it the temporary directory that runs of this process use. */
export interface Workplace {
  readonly directory: string;
  /** What runs have left: files of the temporary directory, and processes that name it. */
  leftovers(): string[];
  close(): void;
}

/** @param name of the temporary directory below a new one */
export function makeWorkplace(name = "t"): Workplace {
  const directory = realpathSync(mkdtempSync(join(os.tmpdir(), "faults-")));
  const temporary = join(directory, name);
  mkdirSync(temporary);
  // The environment that tests see is a copy: setting TMPDIR there has no effect.
  const place = jest.spyOn(os, "tmpdir").mockReturnValue(temporary);
  return {
    directory,
    leftovers: () => [...readdirSync(temporary), ...processesWith(temporary)],
    close: () => {
      place.mockRestore();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** The command lines of processes that name a path, QEMU's with doubled commas. */
export function processesWith(path: string): string[] {
  const text = execFileSync("ps", ["-eo", "args"], { encoding: "utf8", maxBuffer: 2 ** 26 });
  const spellings = [path, path.replaceAll(",", ",,")];
  return text.split("\n").filter((line) => spellings.some((spelling) => line.includes(spelling)));
}

/** What an image needs to boot, and busybox as /bin/busybox and /bin/sh. */
export function busyboxEntries(): Entry[] {
  return [
    entry(""),
    entry("bin"),
    fileEntry("bin/busybox", readFileSync("/bin/busybox"), { mode: 0o755 }),
    entry("bin/sh", { type: "symlink", linkTarget: "busybox" }),
    entry("etc"),
    entry("proc"),
    entry("sys"),
  ];
}

/** Writes exactly these entries as a .gvmi, without what a conversion would add. */
export async function makeImage(
  path: string,
  entries: readonly Entry[],
  rest: Partial<Omit<BootableImage, "path">> & Partial<SquashfsOptions> = {},
): Promise<BootableImage> {
  const { volumes = [], workingDirectory = "/", environment = [], ...squashfs } = rest;
  const options = { compression: "gzip", ...squashfs } as const;
  writeFileSync(path, "");
  await chooseWriter(options.compression).write(entries, path, options);
  appendFileSync(path, encodeTrailer("{}"));
  return { path, volumes, workingDirectory, environment };
}

/**
 * The system's runtime with `hostile-init.c` in place of the guest agent.
 *
 * @returns what gives the runtime whose init behaves in one of its ways
 */
export async function hostileRuntimes(directory: string): Promise<(conduct: string) => Runtime> {
  const runtime = await prepareSystemRuntime();
  const program = join(directory, "hostile-init");
  const source = join(__dirname, "hostile-init.c");
  execFileSync("musl-gcc", ["-static", "-O1", "-o", program, source]);
  const initramfs = join(directory, "hostile.cpio");
  // The kernel unpacks archive after archive: this init replaces the one before.
  const init = encodeCpio([{ path: "init", mode: 0o100755, content: readFileSync(program) }]);
  writeFileSync(initramfs, Buffer.concat([readFileSync(runtime.initramfs), init]));
  return (conduct) => ({ ...runtime, initramfs, kernelParameters: [`hostile=${conduct}`] });
}

/** Runs two at a time: there are two processors at least wherever this runs. */
export async function inPairs<T, R>(
  items: readonly T[],
  run: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const pending = [...items.entries()];
  const work = async () => {
    for (let next = pending.shift(); next; next = pending.shift()) {
      results[next[0]] = await run(next[1]);
    }
  };
  await Promise.all([work(), work()]);
  return results;
}
