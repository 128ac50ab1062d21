import { type FileHandle, open } from "node:fs/promises";
import { BlockIndex } from "../cache/block-index.ts";
import type { CacheEntry } from "../cache/cache-store.ts";
import { ReusingBlockCompressor } from "../cache/reusing-compressor.ts";
import type { GvmiHashes } from "../gvmi/hash.ts";
import { type HashedGvmi, hashFile, sha256OfFile } from "../gvmi/hash-file.ts";
import type { BlockCompressor } from "../squashfs/write/block-compressor.ts";
import { replaceFile } from "../system/replace-file.ts";

const CHUNK_BYTES = 1024 * 1024;

/**
 * Copies the .gvmi of an earlier conversion of the same image, and verifies the copy.
 *
 * @returns undefined, with the output left as it was, when the file is not what its entry says
 */
export async function restoreConversion(
  { gvmi, hashes }: CacheEntry,
  output: string,
  signal?: AbortSignal,
): Promise<HashedGvmi | undefined> {
  try {
    return await replaceFile(output, async (partialPath) => {
      await copy(gvmi, partialPath, hashes.size, signal);
      const copied = await hashFile(partialPath, signal);
      if (!equalHashes(copied, hashes)) throw new DamagedEntryError();
      return copied;
    });
  } catch (error) {
    if (error instanceof DamagedEntryError) return undefined;
    throw error;
  }
}

class DamagedEntryError extends Error {}

async function copy(
  source: FileHandle,
  destination: string,
  size: number,
  signal?: AbortSignal,
): Promise<void> {
  const sink = await open(destination, "w");
  try {
    const buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (let position = 0; position <= size; ) {
      signal?.throwIfAborted();
      const { bytesRead } = await source.read(buffer, 0, CHUNK_BYTES, position);
      if (bytesRead === 0) break;
      await sink.writeFile(buffer.subarray(0, bytesRead));
      position += bytesRead;
    }
  } finally {
    await sink.close();
  }
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
  if (!index || (await sha256OfFile(entry.gvmi, signal)) !== entry.hashes.sha256) return undefined;
  return new ReusingBlockCompressor({ file: entry.gvmi, index }, compressor);
}

function equalHashes(a: GvmiHashes, b: GvmiHashes): boolean {
  return a.hash === b.hash && a.sha256 === b.sha256 && a.size === b.size;
}
