import { createHash } from "node:crypto";

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Chunks of this size for files that are larger than the other one. */
const CHUNK_SIZES: readonly (readonly [above: number, chunkSize: number])[] = [
  [5 * GIB, 100 * MIB],
  [2 * GIB, 50 * MIB],
  [GIB, 20 * MIB],
  [500 * MIB, 10 * MIB],
  [200 * MIB, 5 * MIB],
];
const SMALLEST_CHUNK_SIZE = 2 * MIB;

const MAGIC = 0x0000_0003_3333_3334n;
const SHA3_OFFSET = 24;
const HEADER_SIZE = 52;

/** How large the chunks are in which the Golem registry takes a file, in bytes. */
export function chunkSizeOf(fileSize: number): number {
  return CHUNK_SIZES.find(([above]) => fileSize > above)?.[1] ?? SMALLEST_CHUNK_SIZE;
}

export interface DescribedFile {
  /** Bytes. */
  readonly size: number;
  /** SHA3-224 in hexadecimal. */
  readonly hash: string;
  readonly chunkSize: number;
  /** SHA-256 of each chunk in hexadecimal. */
  readonly chunkDigests: readonly string[];
}

/**
 * The descriptor by which the Golem registry knows a file: big-endian magic, size and chunk size (8 bytes
 * each), SHA3-224, then the SHA-256 of each chunk.
 */
export function encodeDescriptor({ size, hash, chunkSize, chunkDigests }: DescribedFile): Buffer {
  const header = Buffer.alloc(HEADER_SIZE);
  header.writeBigUInt64BE(MAGIC, 0);
  header.writeBigUInt64BE(BigInt(size), 8);
  header.writeBigUInt64BE(BigInt(chunkSize), 16);
  header.write(hash, SHA3_OFFSET, "hex");
  return Buffer.concat([header, ...chunkDigests.map((digest) => Buffer.from(digest, "hex"))]);
}

/** What the registry calls a descriptor: its SHA-256 in hexadecimal. Not the image's hash. */
export function descriptorDigest(descriptor: Buffer): string {
  return createHash("sha256").update(descriptor).digest("hex");
}
