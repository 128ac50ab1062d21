import { deflateSync } from "node:zlib";
import { METADATA_BLOCK_SIZE, METADATA_UNCOMPRESSED } from "../format.ts";

/** Where a record of a metadata table starts. */
export interface MetadataReference {
  /** The block's position, relative to the table's start. */
  readonly block: number;
  /** Bytes into the uncompressed block. */
  readonly offset: number;
}

/** The 48 bits of a block's position and 16 of an offset, as the format writes a reference. */
export function packReference({ block, offset }: MetadataReference): bigint {
  return (BigInt(block) << 16n) | BigInt(offset);
}

/** A metadata table: records behind each other, cut into blocks that are compressed each. */
export class MetadataWriter {
  /** The finished blocks with their headers. */
  readonly blocks: Buffer[] = [];
  private readonly level: number;
  private readonly open = Buffer.allocUnsafeSlow(METADATA_BLOCK_SIZE);
  private filled = 0;
  private finishedSize = 0;

  /** @param level of zlib */
  constructor(level: number) {
    this.level = level;
  }

  /** Where the next record will start. */
  get reference(): MetadataReference {
    return { block: this.finishedSize, offset: this.filled };
  }

  /** Compressed bytes of all finished blocks. */
  get size(): number {
    return this.finishedSize;
  }

  append(record: Uint8Array): void {
    for (let offset = 0; offset < record.length; ) {
      const part = record.subarray(offset, offset + METADATA_BLOCK_SIZE - this.filled);
      this.open.set(part, this.filled);
      this.filled += part.length;
      offset += part.length;
      if (this.filled === METADATA_BLOCK_SIZE) this.finish();
    }
  }

  /** Ends the last block. */
  finish(): void {
    if (this.filled === 0) return;
    const block = encodeMetadataBlock(this.open.subarray(0, this.filled), this.level);
    this.filled = 0;
    this.blocks.push(block);
    this.finishedSize += block.length;
  }
}

/** One block with its header, compressed if that makes it smaller. */
function encodeMetadataBlock(bytes: Uint8Array, level: number): Buffer {
  const compressed = deflateSync(bytes, { level, chunkSize: METADATA_BLOCK_SIZE });
  return compressed.length < bytes.length
    ? withHeader(compressed, compressed.length)
    : encodeUncompressedMetadataBlock(bytes);
}

export function encodeUncompressedMetadataBlock(bytes: Uint8Array): Buffer {
  return withHeader(bytes, bytes.length | METADATA_UNCOMPRESSED);
}

function withHeader(bytes: Uint8Array, header: number): Buffer {
  const block = Buffer.allocUnsafeSlow(2 + bytes.length);
  block.writeUInt16LE(header);
  block.set(bytes, 2);
  return block;
}
