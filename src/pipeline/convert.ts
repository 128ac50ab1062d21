import { stat } from "node:fs/promises";
import { ConversionError, ImageSourceError, UsageError } from "../errors.ts";
import { parseVolumes } from "../gvmi/volumes.ts";
import { withImage } from "../oci/image.ts";
import { checkOptions } from "../squashfs/compression-options.ts";
import { Conversion, type ConvertOptions, type ConvertResult } from "./conversion.ts";

export type { ConvertOptions, ConvertResult, ReadImage } from "./conversion.ts";

/**
 * Converts an image's archive to a .gvmi. The same image gives the same bytes, on any machine, at any
 * time, from any kind of archive. On failure what was at `output` before is still there.
 *
 * @throws {ImageSourceError} when the archive is missing, damaged, hostile or not for linux/amd64
 * @throws {ConversionError} when the output cannot be written
 * @throws {MissingToolError} when a program for the compression is not installed
 * @throws {UsageError} for a compression or level that cannot be used
 * @throws the abort reason
 */
export async function convertArchive(options: ConvertOptions): Promise<ConvertResult> {
  const { source, output, signal, onProgress } = options;
  signal?.throwIfAborted();
  const squashfs = {
    compression: options.compression ?? "gzip",
    ...(options.level !== undefined && { level: options.level }),
    ...(options.allowUnreadable && { allowUnreadable: true }),
    ...(options.modificationTimes && { modificationTimes: options.modificationTimes }),
    ...(signal && { signal }),
  };
  checkOptions(squashfs);
  await checkOutput(source, output);
  const imageOptions = {
    ...(options.limits && { limits: options.limits }),
    ...(signal && { signal }),
    ...(options.onWarning && { onWarning: options.onWarning }),
    onLayer: (number: number, count: number) => onProgress?.(`reading layer ${number} of ${count}`),
  };
  return await withImage(source, imageOptions, async (image) => {
    const volumes = parseVolumes(image.config);
    if (!volumes.ok)
      throw new ImageSourceError(volumes.problem, { hint: "Change the VOLUME in the Dockerfile." });
    const conversion = new Conversion(image, squashfs, options);
    return await conversion.run();
  });
}

/** @throws {ConversionError} when the output could not be put in its place at the end */
async function checkOutput(source: string, output: string): Promise<void> {
  const [from, to] = await Promise.all(
    [source, output].map((path) => stat(path).catch(() => undefined)),
  );
  if (to?.isDirectory()) {
    throw new ConversionError(`The output ${output} is a directory.`, {
      hint: "Give the name of the file to write.",
    });
  }
  if (from && to && from.dev === to.dev && from.ino === to.ino) {
    throw new UsageError(`The output ${output} is the source itself, which would be lost.`);
  }
}
