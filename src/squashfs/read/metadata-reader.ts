import { METADATA_BLOCK_SIZE, METADATA_UNCOMPRESSED } from "../format.ts";
import type { MetadataPlace } from "../superblock.ts";
import { damaged, type ImageFile } from "./image-file.ts";
import { inflateBlockSync } from "./inflate-block.ts";
import { Recent } from "./recent.ts";

const CACHED_BLOCKS = 512;
const HEADER_SIZE = 2;

interface Block {
  readonly bytes: Buffer;
  /** The position of the block behind it. */
  readonly next: number;
}

/** Reads metadata blocks of an image. */
export class MetadataReader {
  readonly file: ImageFile;
  private readonly recent = new Recent<Block>(CACHED_BLOCKS);

  constructor(file: ImageFile) {
    this.file = file;
  }

  /** @param end where the table ends, which blocks do not cross */
  async block(position: number, end: number): Promise<Block> {
    const block = await this.recent.get(position, () => this.load(position));
    if (block.next > end) throw damaged("a metadata block lies outside of its table");
    return block;
  }

  private async load(position: number): Promise<Block> {
    const header = (await this.file.read(position, HEADER_SIZE)).readUInt16LE();
    const size = header % METADATA_UNCOMPRESSED;
    if (size === 0 || size > METADATA_BLOCK_SIZE) {
      throw damaged(`a metadata block of ${size} bytes`);
    }
    const stored = await this.file.read(position + HEADER_SIZE, size);
    const bytes =
      header >= METADATA_UNCOMPRESSED ? stored : inflateBlockSync(stored, METADATA_BLOCK_SIZE);
    if (bytes.length === 0) throw damaged("an empty metadata block");
    return { bytes, next: position + HEADER_SIZE + size };
  }
}

/** A table of records in metadata blocks. */
export interface MetadataTable {
  readonly reader: MetadataReader;
  /** Positions of its first byte and of the byte behind its last, in the image. */
  readonly start: number;
  readonly end: number;
}

/** Reads a metadata table forwards from a place in it. */
export class MetadataCursor {
  private readonly table: MetadataTable;
  private position: number;
  private offset: number;

  constructor(table: MetadataTable, place: MetadataPlace) {
    this.table = table;
    this.position = table.start + place.block;
    this.offset = place.offset;
  }

  /** Where it stands; another cursor can go on from there. */
  get place(): MetadataPlace {
    return { block: this.position - this.table.start, offset: this.offset };
  }

  /** @param length is bounded by the caller @throws {GvmiFormatError} at the table's end */
  async read(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let left = length; left > 0; ) {
      const { bytes, next } = await this.table.reader.block(this.position, this.table.end);
      if (this.offset > bytes.length) throw damaged("a reference behind the end of its block");
      const part = bytes.subarray(this.offset, this.offset + left);
      parts.push(part);
      left -= part.length;
      this.offset += part.length;
      if (this.offset === bytes.length) {
        this.position = next;
        this.offset = 0;
      }
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }
}
