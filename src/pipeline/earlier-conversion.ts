import { type FileHandle, open } from "node:fs/promises";
import { BlockIndex } from "../cache/block-index.ts";
import type { CacheEntry } from "../cache/cache-store.ts";
import { ReusingBlockCompressor } from "../cache/reusing-compressor.ts";
import { GvmiHasher, type GvmiHashes } from "../gvmi/hash.ts";
import { hashFile } from "../gvmi/hash-file.ts";
import type { BlockCompressor } from "../squashfs/write/block-compressor.ts";
import { replaceFile } from "../system/replace-file.ts";

const CHUNK_BYTES = 1024 * 1024;

/**
 * Copies the .gvmi of an earlier conversion of the same image, verifying it on the way.
 *
 * @returns false, with the output left as it was, when the file is not what its entry says
 */
export async function restoreConversion(
  entry: CacheEntry,
  output: string,
  signal?: AbortSignal,
): Promise<boolean> {
  try {
    await replaceFile(output, (partialPath) => copyVerified(entry, partialPath, signal));
    return true;
  } catch (error) {
    if (error instanceof DamagedEntryError) return false;
    throw error;
  }
}

class DamagedEntryError extends Error {}

async function copyVerified(
  { gvmi, hashes }: CacheEntry,
  destination: string,
  signal?: AbortSignal,
): Promise<void> {
  const sink = await open(destination, "w");
  try {
    const hasher = new GvmiHasher();
    for (let position = 0; position <= hashes.size; ) {
      signal?.throwIfAborted();
      const chunk = await readChunk(gvmi, position);
      if (chunk.length === 0) break;
      hasher.update(chunk);
      await sink.writeFile(chunk);
      position += chunk.length;
    }
    if (!equalHashes(hasher.finish(), hashes)) throw new DamagedEntryError();
  } finally {
    await sink.close();
  }
}

async function readChunk(file: FileHandle, position: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  const { bytesRead } = await file.read(buffer, 0, CHUNK_BYTES, position);
  return buffer.subarray(0, bytesRead);
}

/**
 * A compressor that takes blocks from the .gvmi of another image, which must have been converted with the
 * same options.
 *
 * @returns undefined when that file or its index is damaged
 */
export async function reuseBlocks(
  entry: CacheEntry,
  compressor: BlockCompressor,
  signal?: AbortSignal,
): Promise<ReusingBlockCompressor | undefined> {
  const index = BlockIndex.decode(entry.blockIndex, entry.hashes.sha256);
  if (!index || !equalHashes(await hashFile(entry.gvmi, signal), entry.hashes)) return undefined;
  return new ReusingBlockCompressor({ file: entry.gvmi, index }, compressor);
}

function equalHashes(a: GvmiHashes, b: GvmiHashes): boolean {
  return a.hash === b.hash && a.sha256 === b.sha256 && a.size === b.size;
}
