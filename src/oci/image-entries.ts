import { ImageSourceError } from "../errors.ts";
import type { ByteReader } from "./byte-reader.ts";
import { type ByteString, displayName, type Entry, type EntryMetadata } from "./entry.ts";
import type { ImageTree, TreePath } from "./image-tree.ts";
import type { FileContent } from "./inode-table.ts";
import { type Layer, layerName } from "./layer.ts";
import { LayerCursor } from "./layer-cursor.ts";

const ZEROS = Buffer.alloc(1024 * 1024);

/**
 * Everything in an image as one stream, in an order that depends on the image alone: what has no content
 * in the order of the tree, then files in the order in which the layers store them, then hard links to
 * files. So directories come before what they contain, hard links after what they name, and each layer is
 * read once, forwards.
 *
 * @param openLayer gives the bytes of a layer uncompressed
 * @throws {ImageSourceError} when a layer can no longer be read
 * @throws the abort reason
 */
export async function* streamEntries(
  tree: ImageTree,
  layers: readonly Layer[],
  openLayer: (layer: Layer) => Promise<ByteReader>,
  signal?: AbortSignal,
): AsyncGenerator<Entry> {
  // Inodes are numbered in the order of the layers and their entries, which is that of the contents.
  const paths = new Array<ByteString | undefined>(tree.inodeCount);
  const links: TreePath[] = [];
  for (const item of tree.walk()) {
    signal?.throwIfAborted();
    if (!tree.isFile(item.inode)) yield tree.describe(item);
    else if (item.linkedTo !== undefined) links.push(item);
    else paths[item.inode] = item.path;
  }
  yield* streamFiles(tree, layers, openLayer, paths, signal);
  for (const link of links) yield tree.describe(link);
}

async function* streamFiles(
  tree: ImageTree,
  layers: readonly Layer[],
  openLayer: (layer: Layer) => Promise<ByteReader>,
  paths: (ByteString | undefined)[],
  signal?: AbortSignal,
): AsyncGenerator<Entry> {
  const cursor = new LayerCursor(layers, openLayer);
  try {
    for (let inode = 0; inode < paths.length; inode++) {
      const path = paths[inode];
      if (path === undefined) continue;
      paths[inode] = undefined;
      signal?.throwIfAborted();
      const content = tree.content(inode);
      const { layer, reader } = await cursor.at(content.layer);
      const file: EntryMetadata = tree.describe({ path, inode, linkedTo: undefined });
      yield Object.assign(file, { content: readContent(layer, reader, path, content) });
    }
  } finally {
    await cursor.close();
  }
}

/** The bytes of a file. Who does not read them to their end can go on with the next one all the same. */
export async function* readContent(
  layer: Layer,
  reader: ByteReader,
  path: ByteString,
  { offset: start, size, segments }: FileContent,
): AsyncGenerator<Buffer> {
  await reader.skip(start - reader.position);
  let written = 0;
  for (const { offset, length } of segments ?? [{ offset: 0, length: size }]) {
    yield* zeros(offset - written);
    for (let left = length; left > 0; ) {
      const chunk = await reader.readSome(left);
      if (chunk === undefined) {
        throw new ImageSourceError(
          `${layerName(layer)}, entry "${displayName(path)}": the archive changed while it was read.`,
        );
      }
      left -= chunk.length;
      yield chunk;
    }
    written = offset + length;
  }
  yield* zeros(size - written);
}

function* zeros(count: number): Generator<Buffer> {
  for (let left = count; left > 0; left -= ZEROS.length) {
    yield left >= ZEROS.length ? ZEROS : ZEROS.subarray(0, left);
  }
}
