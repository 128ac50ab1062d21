import { ImageSourceError } from "../errors.ts";
import type { TarEntry } from "./tar-entry.ts";
import { DEFAULT_HEADER_LIMIT } from "./tar-reader.ts";

/** What an image may cost before it is taken for a bomb. */
export interface ImageLimits {
  /** Bytes of all layers uncompressed, with the holes of sparse files. */
  readonly uncompressedBytes: number;
  /** Entries of all layers together, and the directories that they need and no layer has. */
  readonly entries: number;
  /** Bytes of one extended tar header or sparse map. */
  readonly headerBytes: number;
  /** Bytes of names, link targets, sparse maps and extended attributes, which are kept in memory. */
  readonly metadataBytes: number;
}

export const DEFAULT_LIMITS: ImageLimits = {
  uncompressedBytes: 8 * 1024 ** 3,
  entries: 1_000_000,
  headerBytes: DEFAULT_HEADER_LIMIT,
  metadataBytes: 512 * 1024 ** 2,
};

/** Counts what the layers of one image cost. */
export class ImageQuota {
  readonly limits: ImageLimits;
  private bytes = 0;
  private layerStart = 0;
  private entries = 0;
  private metadata = 0;

  constructor(limits: ImageLimits) {
    this.limits = limits;
  }

  /** Bytes that are counted from now on belong to the next layer. */
  startLayer(): void {
    this.layerStart = this.bytes;
  }

  /** @throws {ImageSourceError} when the image is larger than allowed */
  addBytes(count: number): void {
    this.bytes += count;
    this.checkBytes(this.bytes);
  }

  private checkBytes(bytes: number): void {
    if (bytes <= this.limits.uncompressedBytes) return;
    throw new ImageSourceError(
      `The image's layers are larger than ${this.limits.uncompressedBytes} bytes uncompressed.`,
      {
        hint: "If the image really is that large, raise convert.limits.uncompressed (--max-uncompressed).",
      },
    );
  }

  /** @throws {ImageSourceError} when the image has more entries, or more to say of them, than allowed */
  addEntry(entry: TarEntry): void {
    this.addInode();
    if (entry.content) {
      this.addBytes(entry.size - entry.content.size);
      // What is announced need not be decompressed to know that it is too much.
      this.checkBytes(this.layerStart + entry.content.offset + entry.content.size);
    }
    this.metadata += metadataSize(entry);
    if (this.metadata <= this.limits.metadataBytes) return;
    throw new ImageSourceError(
      `The names, links and extended attributes in the image's layers have more than ${this.limits.metadataBytes} bytes.`,
      {
        hint: "If the image really has that much, raise convert.limits.metadata (--max-metadata).",
      },
    );
  }

  /** @throws {ImageSourceError} when the image has more entries than allowed */
  addInode(): void {
    this.entries++;
    if (this.entries <= this.limits.entries) return;
    throw new ImageSourceError(
      `The image's layers have more than ${this.limits.entries} entries.`,
      {
        hint: "If the image really has that many files, raise convert.limits.entries (--max-entries).",
      },
    );
  }
}

/** Two numbers of a run in a sparse file. */
const SEGMENT_BYTES = 16;

function metadataSize({ name, linkName, content, extendedAttributes }: TarEntry): number {
  let size = name.length + linkName.length + SEGMENT_BYTES * (content?.segments?.length ?? 0);
  for (const [attribute, value] of extendedAttributes) size += attribute.length + value.length;
  return size;
}
