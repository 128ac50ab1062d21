import { inflate, inflateSync } from "node:zlib";
import { damaged } from "./image-file.ts";

/** @param maximum bytes that may come out @throws {GvmiFormatError} */
export async function inflateBlock(bytes: Buffer, maximum: number): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    inflate(bytes, { maxOutputLength: maximum, chunkSize: chunkSize(maximum) }, (error, result) => {
      if (error) reject(damaged("a block cannot be decompressed", error));
      else resolve(result);
    });
  });
}

/** For metadata, whose blocks are too small to be worth the way to another thread. */
export function inflateBlockSync(bytes: Buffer, maximum: number): Buffer {
  try {
    return inflateSync(bytes, { maxOutputLength: maximum, chunkSize: chunkSize(maximum) });
  } catch (error) {
    throw damaged("a block cannot be decompressed", error);
  }
}

function chunkSize(maximum: number): number {
  const smallest = 64;
  return Math.max(maximum, smallest);
}
