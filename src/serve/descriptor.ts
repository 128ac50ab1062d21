import { createHash } from "node:crypto";
import { RequestError } from "./request-error.ts";

const MAGIC = 0x0000_0003_3333_3334n;
const HEADER_BYTES = 52;
const DIGEST_BYTES = 32;
const MAX_CHUNKS = 1000;

/** The most bytes that a descriptor has. */
export const MAX_DESCRIPTOR_BYTES = HEADER_BYTES + MAX_CHUNKS * DIGEST_BYTES;

/** An image as its descriptor has it (`gvmi/descriptor.ts` writes them). */
export interface ImageDescriptor {
  /** The SHA-256 of the descriptor, by which registries know it. */
  readonly digest: string;
  /** SHA3-224 of the image, as it is said to be. */
  readonly hash: string;
  /** Bytes of the image. */
  readonly size: number;
  /** Bytes of every chunk but the last. */
  readonly chunkSize: number;
  readonly chunks: readonly DescribedChunk[];
}

export interface DescribedChunk {
  /** Where it starts in the image. */
  readonly start: number;
  /** Bytes. */
  readonly length: number;
  readonly sha256: string;
}

/** @throws {RequestError} 400, when it is not a descriptor */
export function parseDescriptor(bytes: Buffer): ImageDescriptor {
  const problem = (why: string) => new RequestError(400, `This is no descriptor: ${why}.`);
  if (bytes.length < HEADER_BYTES + DIGEST_BYTES) throw problem(`it has ${bytes.length} bytes`);
  if (bytes.readBigUInt64BE(0) !== MAGIC) throw problem("its first 8 bytes are others");
  const size = Number(bytes.readBigUInt64BE(8));
  const chunkSize = Number(bytes.readBigUInt64BE(16));
  const isSound = Number.isSafeInteger(size) && Number.isSafeInteger(chunkSize);
  if (!isSound || size === 0 || chunkSize === 0) throw problem("its sizes make no sense");
  const count = Math.ceil(size / chunkSize);
  if (count > MAX_CHUNKS) throw problem(`${count} chunks are more than ${MAX_CHUNKS}`);
  if (bytes.length !== HEADER_BYTES + count * DIGEST_BYTES) {
    throw problem(`${bytes.length} bytes do not fit ${count} chunks`);
  }
  const chunks = Array.from({ length: count }, (_, number) => {
    const start = number * chunkSize;
    const at = HEADER_BYTES + number * DIGEST_BYTES;
    const sha256 = bytes.toString("hex", at, at + DIGEST_BYTES);
    return { start, length: Math.min(chunkSize, size - start), sha256 };
  });
  const digest = createHash("sha256").update(bytes).digest("hex");
  return { digest, hash: bytes.toString("hex", 24, HEADER_BYTES), size, chunkSize, chunks };
}

export const isDescriptorDigest = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);
