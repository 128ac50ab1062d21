import { createHash } from "node:crypto";

/** A compressed block of an earlier .gvmi, found by the SHA-256 of its uncompressed bytes. */
export interface IndexedBlock {
  /** Bytes from the start of the file. */
  readonly offset: number;
  /** Bytes as stored. */
  readonly size: number;
  readonly isCompressed: boolean;
}

const MAGIC = Buffer.from("gvmiblk1", "latin1");
const DIGEST_BYTES = 32;
/** The magic, and the SHA-256 of the file that the records point into. */
const HEADER_BYTES = MAGIC.length + DIGEST_BYTES;
const RECORD_BYTES = DIGEST_BYTES + 8 + 4;
const UNCOMPRESSED = 0x8000_0000;

/** Collects where blocks lie while a .gvmi is written. */
export class BlockIndexBuilder {
  readonly #records: Buffer[] = [];

  add(digest: Uint8Array, block: IndexedBlock): void {
    const record = Buffer.alloc(RECORD_BYTES);
    record.set(digest, 0);
    record.writeBigUInt64LE(BigInt(block.offset), DIGEST_BYTES);
    record.writeUInt32LE(
      (block.size | (block.isCompressed ? 0 : UNCOMPRESSED)) >>> 0,
      DIGEST_BYTES + 8,
    );
    this.#records.push(record);
  }

  /**
   * The index as it is kept: header, records, SHA-256 of both.
   *
   * @param fileSha256 of the finished .gvmi, in hexadecimal
   */
  encode(fileSha256: string): Buffer {
    const body = Buffer.concat([MAGIC, Buffer.from(fileSha256, "hex"), ...this.#records]);
    return Buffer.concat([body, createHash("sha256").update(body).digest()]);
  }
}

/** Where the blocks of an earlier .gvmi lie. */
export class BlockIndex {
  readonly #blocks: ReadonlyMap<string, IndexedBlock>;

  private constructor(blocks: ReadonlyMap<string, IndexedBlock>) {
    this.#blocks = blocks;
  }

  /**
   * @param fileSha256 of the .gvmi that the index is for
   * @returns undefined for what was not written by `BlockIndexBuilder` for that file, or is damaged
   */
  static decode(bytes: Buffer, fileSha256: string): BlockIndex | undefined {
    const body = bytes.subarray(0, -DIGEST_BYTES);
    const records = body.subarray(HEADER_BYTES);
    const isSound =
      bytes.length >= HEADER_BYTES + DIGEST_BYTES &&
      body.subarray(0, MAGIC.length).equals(MAGIC) &&
      body.toString("hex", MAGIC.length, HEADER_BYTES) === fileSha256 &&
      records.length % RECORD_BYTES === 0 &&
      createHash("sha256").update(body).digest().equals(bytes.subarray(-DIGEST_BYTES));
    if (!isSound) return undefined;
    const blocks = new Map<string, IndexedBlock>();
    for (let at = 0; at < records.length; at += RECORD_BYTES) {
      const word = records.readUInt32LE(at + DIGEST_BYTES + 8);
      blocks.set(records.toString("latin1", at, at + DIGEST_BYTES), {
        offset: Number(records.readBigUInt64LE(at + DIGEST_BYTES)),
        size: word & ~UNCOMPRESSED,
        isCompressed: (word & UNCOMPRESSED) === 0,
      });
    }
    return new BlockIndex(blocks);
  }

  /** @param digest SHA-256 of the uncompressed bytes */
  find(digest: Buffer): IndexedBlock | undefined {
    return this.#blocks.get(digest.toString("latin1"));
  }
}
