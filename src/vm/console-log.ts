import { closeSync, constants, openSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { makeDirectories } from "../system/make-directories.ts";

/** Bytes of the console's start that the file keeps; a boot prints some thousand. */
const DEFAULT_START_BYTES = 4 * 1024 * 1024;
/** Bytes of its end that are kept whatever was printed. */
const DEFAULT_END_BYTES = 64 * 1024;

/**
 * Keeps a VM's console in a file that does not grow without bound: of a guest that prints for ever it has the
 * start and the end, with a mark between them.
 */
export class ConsoleLog {
  readonly #fd: number;
  readonly #startBytes: number;
  /** The last bytes, as a ring whose next byte goes to `#total % length`. */
  readonly #end: Buffer;
  #total = 0;
  /** Set when the disk takes no more, or the file is closed; the end is still known then. */
  #isFileDone = false;
  #isClosed = false;

  private constructor(
    readonly path: string,
    fd: number,
    limits: ConsoleLimits,
  ) {
    this.#fd = fd;
    this.#startBytes = limits.startBytes ?? DEFAULT_START_BYTES;
    this.#end = Buffer.alloc(limits.endBytes ?? DEFAULT_END_BYTES);
  }

  /** Makes the file, and its directory. @throws an error of the file system */
  static async open(path: string, limits: ConsoleLimits = {}): Promise<ConsoleLog> {
    await makeDirectories(dirname(path));
    const { O_WRONLY, O_CREAT, O_TRUNC, O_NONBLOCK } = constants;
    // O_NONBLOCK: a FIFO that nobody reads is an error, not an endless wait.
    const fd = openSync(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK, 0o644);
    return new ConsoleLog(path, fd, limits);
  }

  append(chunk: Uint8Array): void {
    const room = this.#startBytes - this.#total;
    if (room > 0) this.#write(chunk.subarray(0, room));
    this.#remember(chunk);
  }

  /** The last lines, as text that is safe to show: no control characters but newlines and tabs. */
  tail(lines = 15): string {
    return printableTail(this.#lastBytes(this.#end.length), lines);
  }

  /** Completes the file with the console's end when it did not hold everything. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const missing = this.#total - this.#startBytes;
    if (missing > 0) {
      const kept = this.#lastBytes(missing);
      const mark = `\n[... ${missing - kept.length} bytes of the console are left out ...]\n`;
      if (missing > kept.length) this.#write(Buffer.from(mark));
      this.#write(kept);
    }
    this.#isFileDone = true;
    closeSync(this.#fd);
  }

  #write(bytes: Uint8Array): void {
    if (this.#isFileDone) return;
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
    } catch {
      // A full disk ends the record of the console, not the VM.
      this.#isFileDone = true;
    }
  }

  #remember(chunk: Uint8Array): void {
    const size = this.#end.length;
    const last = chunk.subarray(-size);
    const position = (this.#total + chunk.length - last.length) % size;
    const untilWrap = last.subarray(0, size - position);
    this.#end.set(untilWrap, position);
    this.#end.set(last.subarray(untilWrap.length), 0);
    this.#total += chunk.length;
  }

  #lastBytes(count: number): Buffer {
    const size = this.#end.length;
    const length = Math.min(count, size, this.#total);
    const position = this.#total % size;
    const inOrder = Buffer.concat([this.#end.subarray(position), this.#end.subarray(0, position)]);
    return inOrder.subarray(size - length);
  }
}

export interface ConsoleLimits {
  /** Bytes of the console's start that the file keeps. */
  readonly startBytes?: number;
  /** Bytes of its end. */
  readonly endBytes?: number;
}

/** After a kernel panic the lines end with its message: the stack behind it tells an image's author nothing. */
function printableTail(bytes: Buffer, lines: number): string {
  const all = stripVTControlCharacters(bytes.toString("latin1"))
    .replaceAll("\r", "")
    .replaceAll(/[^\n\t\x20-\x7e]/g, "?")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const panic = all.findIndex((line) => line.includes("Kernel panic - not syncing"));
  return (panic === -1 ? all : all.slice(0, panic + 1)).slice(-lines).join("\n");
}
