import type { Entry } from "../oci/entry.ts";
import type { ModificationTimes } from "./modification-times.ts";

/** The compressors that providers' kernels (Alpine linux-virt 5.10) read, and zstd, which they do not. */
export const SQUASHFS_COMPRESSIONS = ["gzip", "xz", "lzo", "lz4", "zstd"] as const;
export type SquashfsCompression = (typeof SQUASHFS_COMPRESSIONS)[number];

export interface SquashfsOptions {
  readonly compression: SquashfsCompression;
  /** Whether a person insists on what providers cannot read. */
  readonly allowUnreadable?: boolean;
  /** The compressor's own scale; each has a default, lz4 has none. */
  readonly level?: number;
  /** Bytes of a data block: a power of two from 4 KiB to 1 MiB, 128 KiB by default. */
  readonly blockSize?: number;
  /** "keep" by default. */
  readonly modificationTimes?: ModificationTimes;
  readonly signal?: AbortSignal;
}

/**
 * Writes a squashfs 4.0 image. The same entries and options give the same bytes, whatever the machine,
 * the time and the number of processors.
 */
export interface SquashfsWriter {
  /**
   * Times before 1970 and after 2106 are clamped to what squashfs holds, and fractions of seconds dropped.
   *
   * @param entries directories before what they contain, hard links after what they name
   * @param outputPath is written from its start; on failure its content means nothing
   * @throws {ConversionError} when the image cannot be written
   * @throws {MissingToolError} when a program that it needs is not installed
   * @throws what `entries` throws, and the abort reason
   */
  write(
    entries: AsyncIterable<Entry> | Iterable<Entry>,
    outputPath: string,
    options: SquashfsOptions,
  ): Promise<void>;
}
