import { type FileHandle, open } from "node:fs/promises";
import { GvmiHasher, type GvmiHashes } from "./hash.ts";

const READ_SIZE = 1024 * 1024;

/**
 * Hashes a whole file, reading ahead while it hashes.
 *
 * @throws the abort reason
 */
export async function hashFile(
  file: string | FileHandle,
  signal?: AbortSignal,
): Promise<GvmiHashes> {
  if (typeof file === "string") {
    const handle = await open(file, "r");
    try {
      return await hashFile(handle, signal);
    } finally {
      await handle.close();
    }
  }
  const hasher = new GvmiHasher();
  let buffers = [Buffer.allocUnsafeSlow(READ_SIZE), Buffer.allocUnsafeSlow(READ_SIZE)] as const;
  let position = 0;
  let next = file.read(buffers[0], 0, READ_SIZE, position);
  for (;;) {
    const { bytesRead } = await next;
    if (bytesRead === 0) return hasher.finish();
    signal?.throwIfAborted();
    position += bytesRead;
    const [filled, free] = buffers;
    next = file.read(free, 0, READ_SIZE, position);
    // Should hashing fail, nobody awaits this read.
    next.catch(() => {});
    hasher.update(filled.subarray(0, bytesRead));
    buffers = [free, filled];
  }
}
