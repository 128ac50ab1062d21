import type { FileSection } from "../transfer/file-body.ts";

const SIZE_OFFSET = 8;
const CHUNK_SIZE_OFFSET = 16;
const DIGESTS_OFFSET = 52;
const DIGEST_BYTES = 32;

/** The sections of a file that its descriptor (`gvmi/descriptor.ts`) has the digests of, in their order. */
export function chunkSections(descriptor: Buffer): FileSection[] {
  const size = Number(descriptor.readBigUInt64BE(SIZE_OFFSET));
  const chunkSize = Number(descriptor.readBigUInt64BE(CHUNK_SIZE_OFFSET));
  const sections: FileSection[] = [];
  for (let number = 0; number * chunkSize < size; number++) {
    const start = number * chunkSize;
    const digest = DIGESTS_OFFSET + number * DIGEST_BYTES;
    sections.push({
      start,
      length: Math.min(chunkSize, size - start),
      sha256: descriptor.toString("hex", digest, digest + DIGEST_BYTES),
    });
  }
  return sections;
}
