import { stat } from "node:fs/promises";
import type { CacheStore } from "../cache/cache-store.ts";
import { ConversionError, ImageSourceError, UsageError } from "../errors.ts";
import type { GvmiHashes } from "../gvmi/hash.ts";
import { parseVolumes } from "../gvmi/volumes.ts";
import type { EntryMetadata } from "../oci/entry.ts";
import { withImage } from "../oci/image.ts";
import type { RunConfig } from "../oci/image-config.ts";
import type { ImageLimits } from "../oci/image-limits.ts";
import { checkOptions } from "../squashfs/compression-options.ts";
import type { ModificationTimes } from "../squashfs/modification-times.ts";
import type { SquashfsCompression } from "../squashfs/squashfs-writer.ts";
import { Conversion } from "./conversion.ts";

/** An image whose layers have been applied. */
export interface ReadImage {
  readonly config: RunConfig;
  /** Everything in its file system; can be iterated again and again. */
  readonly entries: Iterable<EntryMetadata>;
}

export interface ConvertOptions {
  /** An OCI layout (directory), OCI archive or `docker save` archive. */
  readonly source: string;
  /** The .gvmi to write; its directory is created, a file there is replaced at the end. */
  readonly output: string;
  /** gzip by default. */
  readonly compression?: SquashfsCompression;
  readonly level?: number;
  /** Whether a person insists on a compression that providers cannot read. */
  readonly allowUnreadable?: boolean;
  /** What becomes of the times of files; kept by default. */
  readonly modificationTimes?: ModificationTimes;
  /** Earlier conversions; none are used, and this one is not kept, without it. */
  readonly cache?: CacheStore;
  readonly limits?: Partial<ImageLimits>;
  readonly signal?: AbortSignal;
  /** Called now and then with what is being done, as a short phrase. */
  readonly onProgress?: (detail: string) => void;
  /** Called when the image has been read, before anything is written; what it throws ends the conversion. */
  readonly onImage?: (image: ReadImage) => Promise<void>;
  /** Called with a full sentence for each thing that the image has and a .gvmi cannot hold. */
  readonly onWarning?: (message: string) => void;
}

export interface ConvertResult extends GvmiHashes {
  readonly path: string;
  /** `hit`: an earlier conversion of the same image was taken; `near`: blocks of another one's were. */
  readonly cache: "hit" | "near" | "miss";
  /** The part of the image's blocks, from 0 to 1, that did not have to be compressed. */
  readonly reusedShare: number;
}

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
