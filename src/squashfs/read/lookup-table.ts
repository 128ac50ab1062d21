import { METADATA_BLOCK_SIZE } from "../format.ts";
import { damaged } from "./image-file.ts";
import type { MetadataReader } from "./metadata-reader.ts";
import { Recent } from "./recent.ts";

const CACHED_POSITIONS = 64;

/** A table of entries of one size, found by their index. */
export class LookupTable {
  private readonly reader: MetadataReader;
  private readonly positions: number;
  private readonly count: number;
  private readonly entrySize: number;
  private readonly recent = new Recent<number>(CACHED_POSITIONS);

  /**
   * @param positions where the positions of the table's metadata blocks stand in the image
   * @param entrySize a divisor of a metadata block's size
   */
  constructor(reader: MetadataReader, positions: number, count: number, entrySize: number) {
    this.reader = reader;
    this.positions = positions;
    this.count = count;
    this.entrySize = entrySize;
  }

  /** @throws {GvmiFormatError} when there is no such entry */
  async entry(index: number): Promise<Buffer> {
    if (index >= this.count) throw damaged("an index behind the end of its table");
    const byte = index * this.entrySize;
    const place = this.positions + 8 * Math.floor(byte / METADATA_BLOCK_SIZE);
    const position = await this.recent.get(place, () => this.readPosition(place));
    const { bytes } = await this.reader.block(position, this.reader.file.size);
    const offset = byte % METADATA_BLOCK_SIZE;
    if (offset + this.entrySize > bytes.length) throw damaged("a table is cut off");
    return bytes.subarray(offset, offset + this.entrySize);
  }

  private async readPosition(place: number): Promise<number> {
    return Number((await this.reader.file.read(place, 8)).readBigUInt64LE());
  }
}
