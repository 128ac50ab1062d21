import { ImageSourceError } from "../errors.ts";
import { DEFAULT_HEADER_LIMIT } from "./tar-reader.ts";

/** What an image may cost before it is taken for a bomb. */
export interface ImageLimits {
  /** Bytes of all layers uncompressed, with the holes of sparse files. */
  readonly uncompressedBytes: number;
  /** Entries of all layers together. */
  readonly entries: number;
  /** Bytes of one extended tar header or sparse map. */
  readonly headerBytes: number;
}

export const DEFAULT_LIMITS: ImageLimits = {
  uncompressedBytes: 8 * 1024 ** 3,
  entries: 1_000_000,
  headerBytes: DEFAULT_HEADER_LIMIT,
};

/** Counts what the layers of one image cost. */
export class ImageQuota {
  readonly limits: ImageLimits;
  private bytes = 0;
  private entries = 0;

  constructor(limits: ImageLimits) {
    this.limits = limits;
  }

  /** @throws {ImageSourceError} when the image is larger than allowed */
  addBytes(count: number): void {
    this.bytes += count;
    if (this.bytes <= this.limits.uncompressedBytes) return;
    throw new ImageSourceError(
      `The image's layers are larger than ${this.limits.uncompressedBytes} bytes uncompressed.`,
      { hint: "If the image really is that large, raise the limit on uncompressed bytes." },
    );
  }

  /** @throws {ImageSourceError} when the image has more entries than allowed */
  addEntry(): void {
    this.entries++;
    if (this.entries <= this.limits.entries) return;
    throw new ImageSourceError(
      `The image's layers have more than ${this.limits.entries} entries.`,
      { hint: "If the image really has that many files, raise the limit on entries." },
    );
  }
}
