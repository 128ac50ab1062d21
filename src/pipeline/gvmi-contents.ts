import { open } from "node:fs/promises";
import { readGvmi } from "../gvmi/read.ts";
import { imageFiles } from "../lint/image-files.ts";
import type { ByteString, EntryMetadata } from "../oci/entry.ts";
import { type SquashfsEntry, SquashfsReader } from "../squashfs/squashfs-reader.ts";
import type { BuiltImage } from "./lint-image.ts";

const SQUASHFS_MAGIC = "hsqs";

/** As for the layers of an archive. */
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;
const MAX_FILE_BYTES = 256 * 1024;

/** Whether a file is a .gvmi by how it starts; false when it cannot be read. */
export async function isGvmi(path: string): Promise<boolean> {
  const handle = await open(path).catch(() => undefined);
  try {
    const found = await handle?.read(Buffer.alloc(4), 0, 4, 0).catch(() => undefined);
    return found?.buffer.toString("latin1", 0, found.bytesRead) === SQUASHFS_MAGIC;
  } finally {
    await handle?.close();
  }
}

/**
 * Runs `body` with what lint needs of a .gvmi, of this program or another. Its files are known only when it
 * is compressed with gzip.
 *
 * @throws {GvmiFormatError} when the file is not a sound .gvmi
 * @throws the abort reason
 */
export async function withGvmiContents<T>(
  path: string,
  { signal }: { signal?: AbortSignal },
  body: (image: BuiltImage) => Promise<T>,
): Promise<T> {
  const gvmi = await readGvmi(path);
  const { compression } = gvmi.superblock;
  const image = { name: path, config: gvmi.metadata, compression };
  if (compression !== "gzip") return body(image);
  const reader = await SquashfsReader.open(path, gvmi.squashfsBytes);
  try {
    const entries: EntryMetadata[] = [];
    for await (const { content: _, ...entry } of reader.entries(signal)) entries.push(entry);
    return await body({
      ...image,
      entries,
      readHeads: (wanted) => readHeads(reader, entries, wanted, signal),
    });
  } finally {
    await reader.close();
  }
}

async function readHeads(
  reader: SquashfsReader,
  entries: readonly EntryMetadata[],
  wanted: (file: EntryMetadata) => number,
  signal?: AbortSignal,
): Promise<Map<ByteString, Buffer>> {
  const files = imageFiles(entries);
  const heads = new Map<ByteString, Buffer>();
  let left = MAX_TOTAL_BYTES;
  for (const { path } of entries) {
    // Another name of a file is described as the file.
    const file = files.find(path);
    if (file?.type !== "file") continue;
    const length = Math.min(wanted(file), file.size, MAX_FILE_BYTES);
    if (length <= 0) continue;
    signal?.throwIfAborted();
    left -= length;
    if (left < 0) break;
    const entry = await reader.find(path);
    if (entry) heads.set(path, await readHead(entry, length));
  }
  return heads;
}

async function readHead({ content }: SquashfsEntry, length: number): Promise<Buffer> {
  const head = Buffer.alloc(length);
  let filled = 0;
  for await (const chunk of content ?? []) {
    filled += Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).copy(head, filled);
    if (filled >= length) break;
  }
  return head;
}
