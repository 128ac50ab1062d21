import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, lstat, open, opendir } from "node:fs/promises";

const DIRECTORY = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** st_blocks counts these (stat(2)). */
const BLOCK_BYTES = 512;

/** A guest can make any number of directories in each other, and of files. What is beyond is not counted. */
const MAX_DEPTH = 100;
const MAX_ENTRIES = 1_000_000;

interface Walk {
  bytes: number;
  entries: number;
  /** Inodes with several names. */
  readonly seen: Set<bigint>;
  readonly signal: AbortSignal | undefined;
}

/**
 * How much room a directory and everything below it takes on its disk, as du(1) counts: sparse files by what
 * they hold, files with several names once. The content is not trusted and may change meanwhile: no link is
 * followed, nothing but directories is opened, and what vanishes is left out.
 *
 * @throws the abort reason when `signal` is aborted
 */
export async function directoryBytes(directory: string, signal?: AbortSignal): Promise<number> {
  const walk: Walk = { bytes: 0, entries: 0, seen: new Set(), signal };
  await walkDirectory(Buffer.from(directory), walk, MAX_DEPTH);
  return walk.bytes;
}

async function walkDirectory(path: Buffer, walk: Walk, depth: number): Promise<void> {
  const handle = await open(path, DIRECTORY).catch(ignored);
  if (!handle) return;
  try {
    for await (const name of namesIn(handle)) {
      walk.signal?.throwIfAborted();
      walk.entries += 1;
      if (walk.entries > MAX_ENTRIES) return;
      const child = Buffer.concat([Buffer.from(`/proc/self/fd/${handle.fd}/`), name]);
      const stats = await lstat(child, { bigint: true }).catch(ignored);
      if (!stats) continue;
      count(stats, walk);
      if (stats.isDirectory() && depth > 0) await walkDirectory(child, walk, depth - 1);
    }
  } finally {
    await handle.close();
  }
}

/** Names are bytes: one that is no text must not hide a file. */
async function* namesIn(handle: FileHandle): AsyncGenerator<Buffer> {
  const options = { encoding: "buffer" as BufferEncoding };
  const entries = await opendir(`/proc/self/fd/${handle.fd}`, options).catch(ignored);
  if (!entries) return;
  for await (const { name } of entries) yield name as unknown as Buffer;
}

function count(stats: BigIntStats, walk: Walk): void {
  if (stats.nlink > 1n && !stats.isDirectory()) {
    if (walk.seen.has(stats.ino)) return;
    walk.seen.add(stats.ino);
  }
  walk.bytes += Number(stats.blocks) * BLOCK_BYTES;
}

function ignored(): undefined {
  return undefined;
}
