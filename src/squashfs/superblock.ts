import { type FileHandle, open } from "node:fs/promises";
import { GvmiFormatError } from "../errors.ts";

const SUPERBLOCK_SIZE = 96;
const MAGIC = 0x73717368;
const METADATA_REFERENCE_BITS = 16n;
const UNUSED_TABLE = 0xffff_ffff_ffff_ffffn;

const COMPRESSIONS: Readonly<Record<number, string>> = {
  1: "gzip",
  2: "lzma",
  3: "lzo",
  4: "xz",
  5: "lz4",
  6: "zstd",
};

/** What the first 96 bytes of a squashfs image say. */
export interface Superblock {
  readonly compression: string;
  /** Bytes of a data block. */
  readonly blockSize: number;
  readonly inodeCount: number;
  readonly fragmentCount: number;
  readonly idCount: number;
  /** Bytes of the file system without padding. */
  readonly bytesUsed: number;
  /** Seconds since the epoch. */
  readonly modified: number;
  /** The flags as a number; bit 10 says that the image has compressor options. */
  readonly flags: number;
  /** Where the root's inode stands in the inode table. */
  readonly rootInode: MetadataPlace;
  /** Positions in bytes from the start of the image; tables that are not there have none. */
  readonly tables: TablePositions;
}

/** Where a record stands in a metadata table. */
export interface MetadataPlace {
  /** The position of the compressed block, relative to the table's start. */
  readonly block: number;
  /** Bytes into the uncompressed block. */
  readonly offset: number;
}

export interface TablePositions {
  readonly ids: number | undefined;
  readonly xattrs: number | undefined;
  readonly inodes: number | undefined;
  readonly directories: number | undefined;
  readonly fragments: number | undefined;
  readonly exports: number | undefined;
}

/**
 * Reads the superblock of the squashfs 4.0 image that starts a file.
 *
 * @param file a path, or a file that stays open
 * @param available bytes that the image may have; the whole file by default
 * @see https://dr-emann.github.io/squashfs/#superblock
 * @throws {GvmiFormatError} when the file does not start with a sound one
 */
export async function readSuperblock(
  file: string | FileHandle,
  available?: number,
): Promise<Superblock> {
  if (typeof file === "string") {
    const handle = await open(file, "r");
    try {
      return await readSuperblock(handle, available);
    } finally {
      await handle.close();
    }
  }
  const size = available ?? (await file.stat()).size;
  const { buffer, bytesRead } = await file.read(
    Buffer.alloc(SUPERBLOCK_SIZE),
    0,
    SUPERBLOCK_SIZE,
    0,
  );
  return parseSuperblock(buffer.subarray(0, bytesRead), size);
}

/** @param available bytes that the image may have @throws {GvmiFormatError} */
export function parseSuperblock(bytes: Buffer, available: number): Superblock {
  if (bytes.length < 4 || bytes.readUInt32LE(0) !== MAGIC) {
    throw new GvmiFormatError('It does not start with a squashfs image (the magic "hsqs").');
  }
  if (bytes.length < SUPERBLOCK_SIZE || available < SUPERBLOCK_SIZE) {
    throw new GvmiFormatError("Its squashfs image ends within the superblock.");
  }
  const version = `${bytes.readUInt16LE(28)}.${bytes.readUInt16LE(30)}`;
  if (version !== "4.0") {
    throw new GvmiFormatError(
      `Its squashfs image has version ${version}; 4.0 is what kernels read.`,
    );
  }
  const superblock = {
    compression: compressionName(bytes.readUInt16LE(20)),
    blockSize: bytes.readUInt32LE(12),
    inodeCount: bytes.readUInt32LE(4),
    fragmentCount: bytes.readUInt32LE(16),
    idCount: bytes.readUInt16LE(26),
    bytesUsed: Number(bytes.readBigUInt64LE(40)),
    modified: bytes.readUInt32LE(8),
    flags: bytes.readUInt16LE(24),
    rootInode: unpackReference(bytes.readBigUInt64LE(32)),
    tables: {
      ids: position(bytes, 48),
      xattrs: position(bytes, 56),
      inodes: position(bytes, 64),
      directories: position(bytes, 72),
      fragments: position(bytes, 80),
      exports: position(bytes, 88),
    },
  };
  checkConsistency(bytes, superblock, available);
  return superblock;
}

/** Takes a reference to a record of a metadata table apart. */
export function unpackReference(reference: bigint): MetadataPlace {
  return {
    block: Number(reference >> METADATA_REFERENCE_BITS),
    offset: Number(reference & 0xffffn),
  };
}

function position(bytes: Buffer, offset: number): number | undefined {
  const value = bytes.readBigUInt64LE(offset);
  return value === UNUSED_TABLE ? undefined : Number(value);
}

function compressionName(id: number): string {
  const name = COMPRESSIONS[id];
  if (name === undefined) {
    throw new GvmiFormatError(
      `Its squashfs image is compressed with an unknown compressor (${id}).`,
    );
  }
  return name;
}

function checkConsistency(bytes: Buffer, superblock: Superblock, available: number): void {
  const { blockSize, bytesUsed } = superblock;
  const blockLog = bytes.readUInt16LE(22);
  if (blockLog < 12 || blockLog > 20 || blockSize !== 2 ** blockLog) {
    throw new GvmiFormatError(
      `Its squashfs image is damaged: a block size of ${blockSize} with a logarithm of ${blockLog}.`,
    );
  }
  if (bytesUsed < SUPERBLOCK_SIZE || bytesUsed > available) {
    throw new GvmiFormatError(
      `Its squashfs image is cut off or damaged: it has ${bytesUsed} bytes, of which ${available} are there.`,
    );
  }
  const used = BigInt(bytesUsed);
  const tables = [48, 56, 64, 72, 80, 88].map((offset) => bytes.readBigUInt64LE(offset));
  const rootBlock = bytes.readBigUInt64LE(32) >> METADATA_REFERENCE_BITS;
  const [, , inodeTable = 0n] = tables;
  const isOutside = tables.some((start) => start !== UNUSED_TABLE && start >= used);
  if (isOutside || inodeTable + rootBlock >= used) {
    throw new GvmiFormatError("Its squashfs image is damaged: a table lies behind its end.");
  }
}
