import { DATA_UNCOMPRESSED, NONE } from "../format.ts";
import { damaged, type ImageFile } from "./image-file.ts";
import { inflateBlock } from "./inflate-block.ts";
import type { FileData } from "./inode-reader.ts";
import type { LookupTable } from "./lookup-table.ts";
import { MetadataCursor, type MetadataTable } from "./metadata-reader.ts";
import { Recent } from "./recent.ts";

const CACHED_FRAGMENTS = 8;
/** Sizes of blocks that are read at once. */
const SIZES_AT_ONCE = 1024;

export interface ContentSources {
  readonly file: ImageFile;
  readonly blockSize: number;
  readonly inodes: MetadataTable;
  readonly fragments: LookupTable;
}

/** Where a file's content is stored, and what it takes there, compressed. */
export interface StoredContent {
  /** Position of its first block in the image; files without blocks have none of their own. */
  readonly start: number;
  /** Compressed bytes of its blocks; holes take none. */
  readonly blockBytes: number;
  /** Its end, when that shares a block with other files' ends. */
  readonly tail?: {
    /** The number of the shared block. */
    readonly fragment: number;
    readonly offset: number;
    /** Uncompressed. */
    readonly bytes: number;
  };
}

/** Reads contents of files. */
export class ContentReader {
  private readonly sources: ContentSources;
  private readonly fragmentBlocks = new Recent<Buffer>(CACHED_FRAGMENTS);
  private readonly zeros: Buffer;

  constructor(sources: ContentSources) {
    this.sources = sources;
    this.zeros = Buffer.alloc(sources.blockSize);
  }

  /** @throws {GvmiFormatError} when a block is missing or damaged */
  async *read(data: FileData): AsyncGenerator<Buffer> {
    const { blockSize } = this.sources;
    const hasTail = data.fragment !== NONE;
    const blocks = data.size / blockSize;
    const count = hasTail ? Math.floor(blocks) : Math.ceil(blocks);
    let position = data.start;
    let left = data.size;
    for await (const word of this.sizeWords(data, count)) {
      const expected = Math.min(blockSize, left);
      yield word === 0
        ? this.zeros.subarray(0, expected)
        : await this.block(position, word, expected);
      position += word % DATA_UNCOMPRESSED;
      left -= expected;
    }
    if (left > 0) yield await this.tail(data, left);
  }

  /** @throws {GvmiFormatError} when the sizes of its blocks are damaged */
  async stored(data: FileData): Promise<StoredContent> {
    const { blockSize } = this.sources;
    const hasTail = data.fragment !== NONE;
    const whole = Math.floor(data.size / blockSize);
    const count = hasTail ? whole : Math.ceil(data.size / blockSize);
    let blockBytes = 0;
    for await (const word of this.sizeWords(data, count)) blockBytes += word % DATA_UNCOMPRESSED;
    if (!hasTail) return { start: data.start, blockBytes };
    const { fragment, fragmentOffset: offset } = data;
    const bytes = data.size - whole * blockSize;
    return { start: data.start, blockBytes, tail: { fragment, offset, bytes } };
  }

  /**
   * Compressed bytes of a block of files' ends.
   *
   * @throws {GvmiFormatError} when there is no such block
   */
  async fragmentBytes(fragment: number): Promise<number> {
    const entry = await this.sources.fragments.entry(fragment);
    return entry.readUInt32LE(8) % DATA_UNCOMPRESSED;
  }

  private async *sizeWords(data: FileData, count: number): AsyncGenerator<number> {
    const cursor = new MetadataCursor(this.sources.inodes, data.blockSizes);
    for (let left = count; left > 0; ) {
      const amount = Math.min(left, SIZES_AT_ONCE);
      const words = await cursor.read(4 * amount);
      for (let index = 0; index < amount; index++) yield words.readUInt32LE(4 * index);
      left -= amount;
    }
  }

  /** A block, with zeros behind it if it has fewer bytes than are expected. */
  private async block(position: number, word: number, expected: number): Promise<Buffer> {
    const bytes = await this.load(position, word, expected);
    if (bytes.length === expected) return bytes;
    return Buffer.concat([bytes, this.zeros.subarray(bytes.length, expected)]);
  }

  private async load(position: number, word: number, maximum: number): Promise<Buffer> {
    const size = word % DATA_UNCOMPRESSED;
    const isCompressed = word < DATA_UNCOMPRESSED;
    const isPossible = size <= (isCompressed ? this.sources.blockSize : maximum);
    if (!isPossible || word >= 2 * DATA_UNCOMPRESSED) throw damaged(`a block of ${size} bytes`);
    const stored = await this.sources.file.read(position, size);
    return isCompressed ? await inflateBlock(stored, maximum) : stored;
  }

  private async tail({ fragment, fragmentOffset }: FileData, size: number): Promise<Buffer> {
    const block = await this.fragmentBlocks.get(fragment, () => this.fragmentBlock(fragment));
    if (fragmentOffset + size > block.length) throw damaged("a file's end is missing");
    return block.subarray(fragmentOffset, fragmentOffset + size);
  }

  private async fragmentBlock(fragment: number): Promise<Buffer> {
    const entry = await this.sources.fragments.entry(fragment);
    const position = Number(entry.readBigUInt64LE(0));
    return await this.load(position, entry.readUInt32LE(8), this.sources.blockSize);
  }
}
