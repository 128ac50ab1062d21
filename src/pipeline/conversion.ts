import { BlockIndexBuilder } from "../cache/block-index.ts";
import type { CacheStore, FoundEntry } from "../cache/cache-store.ts";
import { type ConversionKey, conversionKey } from "../cache/conversion-key.ts";
import type { ReusingBlockCompressor } from "../cache/reusing-compressor.ts";
import type { GvmiHashes } from "../gvmi/hash.ts";
import type { HashedGvmi } from "../gvmi/hash-file.ts";
import { writeGvmi } from "../gvmi/write.ts";
import type { ByteString, Entry, EntryMetadata } from "../oci/entry.ts";
import type { Image } from "../oci/image.ts";
import type { RunConfig } from "../oci/image-config.ts";
import type { ImageLimits } from "../oci/image-limits.ts";
import type { ImageTree } from "../oci/image-tree.ts";
import { checkOptions } from "../squashfs/compression-options.ts";
import { compressorVersion } from "../squashfs/compressor-version.ts";
import { GzipWriter } from "../squashfs/gzip-writer.ts";
import type { ModificationTimes } from "../squashfs/modification-times.ts";
import type { SquashfsCompression, SquashfsOptions } from "../squashfs/squashfs-writer.ts";
import { ZlibBlockCompressor } from "../squashfs/write/block-compressor.ts";
import { allEnded } from "../system/all-ended.ts";
import { restoreConversion, reuseBlocks } from "./earlier-conversion.ts";

/** An image whose layers have been applied. */
export interface ReadImage {
  readonly config: RunConfig;
  /** Everything in its file system; can be iterated again and again. */
  readonly entries: Iterable<EntryMetadata>;
  readonly readHeads: (
    wanted: (file: EntryMetadata) => number,
  ) => Promise<ReadonlyMap<ByteString, Buffer>>;
  readonly platform: Image["platform"];
  /** Bytes of each layer as it is stored. */
  readonly layers: readonly number[];
}

/** What can be seen of an image whose layers have been applied to `tree`. */
export function describeReadImage(image: Image, tree: ImageTree): ReadImage {
  return {
    config: image.config,
    entries: tree.metadata(),
    readHeads: (wanted) => image.readHeads(tree, wanted),
    platform: image.platform,
    layers: image.layerSizes,
  };
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
  /** By which the Golem registry knows the file, in base64. */
  readonly descriptor: string;
  /** `hit`: an earlier conversion of the same image was taken; `near`: blocks of another one's were. */
  readonly cache: "hit" | "near" | "miss";
  /** The part of the image's blocks, from 0 to 1, that did not have to be compressed. */
  readonly reusedShare: number;
}

/** Bytes of content between two reports of progress. */
const REPORT_EVERY = 32 * 1024 * 1024;
const MEGABYTE = 1_000_000;

/** One conversion of an open image, with or without the help of earlier ones. */
export class Conversion {
  private readonly blockIndex = new BlockIndexBuilder();
  private reusing: ReusingBlockCompressor | undefined;

  constructor(
    private readonly image: Image,
    private readonly squashfs: SquashfsOptions,
    private readonly options: ConvertOptions,
  ) {}

  /** Throws what `convertArchive` throws. */
  async run(): Promise<ConvertResult> {
    const { cache, output, onImage, signal } = this.options;
    // A person who wants to see the image sees it also when nothing else has to be read.
    const tree = onImage && (await this.image.readTree());
    if (tree) await onImage?.(describeReadImage(this.image, tree));
    if (!cache) {
      return this.result(await this.convert(tree ?? (await this.image.openTree())), "miss");
    }
    const key = await this.key();
    const found = await cache.find(key, this.image.diffIds);
    try {
      if (found?.kind === "hit") {
        // What is known of the image is only what its configuration says; a damaged archive is refused.
        if (!tree) await this.image.verify();
        const restored = await restoreConversion(found.entry, output, signal);
        if (restored) return this.result(restored, "hit");
        await found.entry.discard();
      }
      const [openTree] = await allEnded([
        tree ?? this.image.openTree(),
        found?.kind === "near" ? this.reuse(found) : undefined,
      ]);
      const hashed = await this.convert(openTree);
      await this.keep(key, hashed);
      return this.result(hashed, this.reusing ? "near" : "miss");
    } finally {
      await found?.entry.close();
    }
  }

  private result(
    { descriptor, ...hashes }: HashedGvmi,
    cache: ConvertResult["cache"],
  ): ConvertResult {
    const reusedShare = cache === "hit" ? 1 : (this.reusing?.reusedShare ?? 0);
    return {
      path: this.options.output,
      ...hashes,
      descriptor: descriptor.toString("base64"),
      cache,
      reusedShare,
    };
  }

  private async key(): Promise<ConversionKey> {
    const { compression, level = 0, blockSize } = checkOptions(this.squashfs);
    const times = JSON.stringify(this.squashfs.modificationTimes ?? "keep");
    return conversionKey({
      config: this.image.config,
      diffIds: this.image.diffIds,
      options: { compression, level, blockSize, times },
      compressor: await compressorVersion(compression),
    });
  }

  private async reuse({ entry }: FoundEntry): Promise<void> {
    // The other compressors are tools that take whole images.
    if (this.squashfs.compression !== "gzip") return;
    this.options.onProgress?.("looking at an earlier conversion");
    const { level } = checkOptions(this.squashfs);
    const compressor = new ZlibBlockCompressor(level ?? 0);
    this.reusing = await reuseBlocks(entry, compressor, this.options.signal);
  }

  private async convert(tree: ImageTree): Promise<HashedGvmi> {
    const { output, onProgress } = this.options;
    const entries = this.image.entries(tree);
    return await writeGvmi(
      onProgress ? reporting(entries, onProgress) : entries,
      this.image.config,
      output,
      {
        ...this.squashfs,
        ...(this.squashfs.compression === "gzip" && { writer: this.gzipWriter() }),
        onStep: (step) => {
          if (step === "hash") onProgress?.("hashing");
        },
      },
    );
  }

  private gzipWriter(): GzipWriter {
    return new GzipWriter({
      ...(this.reusing && { compressor: this.reusing }),
      ...(this.options.cache && {
        onBlock: (block) => this.blockIndex.add(block.digest, block),
      }),
    });
  }

  /** A cache that is full or cannot be written costs time later, and nothing now. */
  private async keep(key: ConversionKey, { descriptor: _, ...hashes }: HashedGvmi): Promise<void> {
    const { cache, output, onWarning } = this.options;
    const { diffIds } = this.image;
    const blockIndex = this.blockIndex.encode(hashes.sha256);
    try {
      await cache?.save(key, { path: output, blockIndex, hashes, diffIds });
    } catch (error) {
      onWarning?.(`The conversion could not be kept in the cache: ${(error as Error).message}.`);
    }
  }
}

async function* reporting(
  entries: AsyncIterable<Entry>,
  onProgress: (detail: string) => void,
): AsyncGenerator<Entry> {
  let written = 0;
  let reported = 0;
  for await (const entry of entries) {
    yield entry;
    written += entry.size;
    if (written - reported < REPORT_EVERY) continue;
    reported = written;
    onProgress(`${Math.round(written / MEGABYTE)} MB of files written`);
  }
}
