import { SUPERBLOCK_MAGIC, SUPERBLOCK_SIZE } from "../format.ts";

const GZIP = 1;

/** What the superblock of an image that is compressed with gzip says. Positions are bytes in the file. */
export interface SuperblockFields {
  readonly inodeCount: number;
  /** Seconds since the epoch. */
  readonly modified: number;
  readonly blockSize: number;
  readonly fragmentCount: number;
  readonly flags: number;
  readonly idCount: number;
  readonly rootInode: bigint;
  readonly bytesUsed: number;
  readonly idTable: bigint;
  readonly xattrTable: bigint;
  readonly inodeTable: bigint;
  readonly directoryTable: bigint;
  readonly fragmentTable: bigint;
  readonly exportTable: bigint;
}

export function encodeSuperblock(fields: SuperblockFields): Buffer {
  const bytes = Buffer.alloc(SUPERBLOCK_SIZE);
  bytes.writeUInt32LE(SUPERBLOCK_MAGIC, 0);
  bytes.writeUInt32LE(fields.inodeCount, 4);
  bytes.writeUInt32LE(fields.modified, 8);
  bytes.writeUInt32LE(fields.blockSize, 12);
  bytes.writeUInt32LE(fields.fragmentCount, 16);
  bytes.writeUInt16LE(GZIP, 20);
  bytes.writeUInt16LE(Math.log2(fields.blockSize), 22);
  bytes.writeUInt16LE(fields.flags, 24);
  bytes.writeUInt16LE(fields.idCount, 26);
  bytes.writeUInt16LE(4, 28);
  bytes.writeUInt16LE(0, 30);
  bytes.writeBigUInt64LE(fields.rootInode, 32);
  bytes.writeBigUInt64LE(BigInt(fields.bytesUsed), 40);
  bytes.writeBigUInt64LE(fields.idTable, 48);
  bytes.writeBigUInt64LE(fields.xattrTable, 56);
  bytes.writeBigUInt64LE(fields.inodeTable, 64);
  bytes.writeBigUInt64LE(fields.directoryTable, 72);
  bytes.writeBigUInt64LE(fields.fragmentTable, 80);
  bytes.writeBigUInt64LE(fields.exportTable, 88);
  return bytes;
}
