import { appendFile } from "node:fs/promises";
import { dirname } from "node:path";
import { ConversionError } from "../errors.ts";
import type { Entry } from "../oci/entry.ts";
import type { RunConfig } from "../oci/image-config.ts";
import { chooseWriter } from "../squashfs/choose-writer.ts";
import type { SquashfsOptions, SquashfsWriter } from "../squashfs/squashfs-writer.ts";
import { makeDirectories } from "../system/make-directories.ts";
import { replaceFile } from "../system/replace-file.ts";
import { type HashedGvmi, hashFile } from "./hash-file.ts";
import { encodeMetadata } from "./metadata.ts";
import { withRuntimeDirectories } from "./runtime-directories.ts";
import { encodeTrailer } from "./trailer.ts";
import { parseVolumes } from "./volumes.ts";

export interface WriteGvmiOptions extends SquashfsOptions {
  /** Called with each step that takes its time. */
  readonly onStep?: (step: "squashfs" | "hash") => void;
  readonly writer?: SquashfsWriter;
}

/**
 * Writes a .gvmi: the squashfs of the entries with the directories that the runtime needs, then the run
 * configuration. The file appears at `outputPath` whole or not at all; its directory is created.
 *
 * @throws {ConversionError} when the file cannot be written or a volume cannot be one
 * @throws {MissingToolError} when the squashfs writer needs a program that is not there
 * @throws what `entries` throws, and the abort reason
 */
export async function writeGvmi(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
  config: RunConfig,
  outputPath: string,
  options: WriteGvmiOptions,
): Promise<HashedGvmi> {
  const volumes = parseVolumes(config);
  if (!volumes.ok) throw new ConversionError(volumes.problem);
  const trailer = encodeTrailer(encodeMetadata(config));
  const writer = options.writer ?? chooseWriter(options.compression);
  return await explainingWriteErrors(outputPath, async () => {
    await makeDirectories(dirname(outputPath));
    return await replaceFile(outputPath, async (partialPath) => {
      options.onStep?.("squashfs");
      await writer.write(withRuntimeDirectories(entries), partialPath, options);
      options.onStep?.("hash");
      await appendFile(partialPath, trailer);
      return await hashFile(partialPath, options.signal);
    });
  });
}

const WRITE_CALLS = ["open", "write", "mkdir", "rename", "fsync"];

async function explainingWriteErrors<T>(path: string, body: () => Promise<T>): Promise<T> {
  try {
    return await body();
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (syscall === undefined || !WRITE_CALLS.includes(syscall)) throw error;
    throw new ConversionError(`Cannot write ${path}: ${message}.`, {
      hint: "Check that the directory can be written to and that the disk has space.",
      cause: error,
    });
  }
}
