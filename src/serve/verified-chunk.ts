import { createHash } from "node:crypto";
import { RequestError } from "./request-error.ts";

/**
 * A chunk as it arrives.
 *
 * @param length bytes
 * @throws {RequestError} 400 at its end, or as soon as it is too long, so that it is not stored
 */
export async function* verifiedChunk(
  content: AsyncIterable<Uint8Array>,
  number: number,
  length: number,
  sha256: string,
): AsyncIterable<Uint8Array> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const block of content) {
    size += block.length;
    if (size > length)
      throw new RequestError(400, `Chunk ${number} is longer than ${length} bytes.`);
    hash.update(block);
    yield block;
  }
  if (size < length || hash.digest("hex") !== sha256) {
    throw new RequestError(400, `Chunk ${number} was damaged on the way.`);
  }
}

/** Reads to the end, and keeps nothing: wrong bytes are told even where the right ones are. */
export async function drained(content: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _block of content) {
    // Its check is what counts.
  }
}
