import type { ByteReader } from "./byte-reader.ts";
import type { ByteString, EntryMetadata } from "./entry.ts";
import { readContent } from "./image-entries.ts";
import type { ImageTree } from "./image-tree.ts";
import type { Layer } from "./layer.ts";
import { LayerCursor } from "./layer-cursor.ts";

/** What one image may cost in memory. */
const MAX_TOTAL_BYTES = 64 * 1024 * 1024;
/** More of one file than this is never the head of it. */
const MAX_FILE_BYTES = 256 * 1024;

export interface HeadRequest {
  /** How many of a file's first bytes are wanted; 0 for none. Asked for each name of a file. */
  readonly wanted: (file: EntryMetadata) => number;
  /** Bytes of all heads together; from the file on that would exceed it, none are read. */
  readonly totalBytes?: number;
  readonly signal?: AbortSignal;
}

/** A file of which a head is wanted. */
interface WantedFile {
  length: number;
  readonly paths: ByteString[];
}

/**
 * The first bytes of the files for which they are wanted, in the order in which layers store them: each
 * layer that has such files is read once, forwards, and not beyond the last of them.
 *
 * @returns heads by path: fewer bytes than wanted where the file is shorter, and 256 KiB at most
 * @throws {ImageSourceError} when a layer can no longer be read
 * @throws the abort reason
 */
export async function readFileHeads(
  tree: ImageTree,
  layers: readonly Layer[],
  openLayer: (layer: Layer) => Promise<ByteReader>,
  request: HeadRequest,
): Promise<Map<ByteString, Buffer>> {
  const files = findWanted(tree, request);
  const heads = new Map<ByteString, Buffer>();
  let left = request.totalBytes ?? MAX_TOTAL_BYTES;
  const cursor = new LayerCursor(layers, openLayer);
  try {
    for (const [inode, { length, paths }] of files) {
      request.signal?.throwIfAborted();
      left -= length;
      if (left < 0) break;
      const content = tree.content(inode);
      const { layer, reader } = await cursor.at(content.layer);
      const head = await readHead(readContent(layer, reader, paths[0] ?? "", content), length);
      for (const path of paths) heads.set(path, head);
    }
  } finally {
    await cursor.close();
  }
  return heads;
}

/** By inode, in the order of their numbers, which is that of the contents. */
function findWanted(tree: ImageTree, { wanted, signal }: HeadRequest): [number, WantedFile][] {
  const files = new Map<number, WantedFile>();
  for (const { path, inode } of tree.walk()) {
    if (!tree.isFile(inode)) continue;
    signal?.throwIfAborted();
    const file = tree.describe({ path, inode, linkedTo: undefined });
    const length = Math.min(wanted(file), file.size, MAX_FILE_BYTES);
    if (length <= 0) continue;
    const known = files.get(inode);
    if (known) {
      known.length = Math.max(known.length, length);
      known.paths.push(path);
    } else files.set(inode, { length, paths: [path] });
  }
  return [...files].sort(([left], [right]) => left - right);
}

async function readHead(content: AsyncIterable<Buffer>, length: number): Promise<Buffer> {
  const head = Buffer.alloc(length);
  let filled = 0;
  for await (const chunk of content) {
    // Copied: a view would keep all that was read with it in memory.
    filled += chunk.copy(head, filled, 0, length - filled);
    if (filled >= length) break;
  }
  return head;
}
