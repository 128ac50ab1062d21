import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { SettingsError } from "../errors.ts";

/** Far more than settings need, and little enough to parse in a second. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads a settings file as text.
 *
 * @param maxBytes 1 MiB by default
 * @returns undefined when there is no such file
 * @throws {SettingsError} when it cannot be read, is no regular file, too large, or not UTF-8
 */
export async function readSettingsFile(
  path: string,
  maxBytes = MAX_BYTES,
): Promise<string | undefined> {
  const bytes = await readRegularFile(path, maxBytes);
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new SettingsError(`${path} is not text in UTF-8.`, {
      hint: "Save it as UTF-8.",
      cause: error,
    });
  }
}

async function readRegularFile(path: string, maxBytes: number): Promise<Buffer | undefined> {
  try {
    // Without O_NONBLOCK, opening a FIFO would wait for its writer.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const status = await handle.stat();
      if (!status.isFile()) throw new SettingsError(`${path} is not a regular file.`);
      if (status.size > maxBytes) throw tooLarge(path, status.size, maxBytes);
      const buffer = Buffer.alloc(Math.min(maxBytes, status.size) + 1);
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
      if (bytesRead > maxBytes) throw tooLarge(path, bytesRead, maxBytes);
      return buffer.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (error instanceof SettingsError) throw error;
    throw new SettingsError(`Cannot read ${path}: ${(error as Error).message}`, { cause: error });
  }
}

function tooLarge(path: string, bytes: number, maxBytes: number): SettingsError {
  return new SettingsError(`${path} has ${bytes} bytes; at most ${maxBytes} are read.`, {
    hint: "Put data that tests need into files of their own.",
  });
}
