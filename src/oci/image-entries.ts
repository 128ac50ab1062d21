import { ImageSourceError } from "../errors.ts";
import type { ByteReader } from "./byte-reader.ts";
import { displayName, type Entry } from "./entry.ts";
import { describe, type ImageTree, type TreePath } from "./image-tree.ts";
import type { FileInode } from "./inode.ts";
import { type Layer, layerName, openLayer } from "./layer.ts";

const ZEROS = Buffer.alloc(1024 * 1024);

/** A path whose inode is a file. */
type FilePath = TreePath & { readonly inode: FileInode };

/**
 * Everything in an image as one stream, in an order that depends on the image alone: what has no content
 * in the order of the tree, then files in the order in which the layers store them, then hard links to
 * files. So directories come before what they contain, hard links after what they name, and each layer is
 * read once, forwards.
 *
 * @throws {ImageSourceError} when a layer can no longer be read
 * @throws the abort reason
 */
export async function* streamEntries(
  tree: ImageTree,
  layers: readonly Layer[],
  signal?: AbortSignal,
): AsyncGenerator<Entry> {
  const files = layers.map((): FilePath[] => []);
  const links: TreePath[] = [];
  for (const item of tree.walk()) {
    signal?.throwIfAborted();
    if (!isFile(item)) yield describe(item);
    else if (item.linkedTo !== undefined) links.push(item);
    else files[item.inode.layer]?.push(item);
  }
  for (const [index, layer] of layers.entries())
    yield* layerFiles(layer, files[index] ?? [], signal);
  for (const link of links) yield describe(link);
}

function isFile(item: TreePath): item is FilePath {
  return item.inode.type === "file";
}

async function* layerFiles(
  layer: Layer,
  files: FilePath[],
  signal?: AbortSignal,
): AsyncGenerator<Entry> {
  files.sort((left, right) => left.inode.content.offset - right.inode.content.offset);
  if (files.length === 0) return;
  const reader = await openLayer(layer, signal);
  try {
    for (const file of files) {
      signal?.throwIfAborted();
      yield { ...describe(file), content: readContent(layer, reader, file) };
    }
  } finally {
    await reader.close();
  }
}

async function* readContent(
  layer: Layer,
  reader: ByteReader,
  { path, inode: { content, size } }: FilePath,
): AsyncGenerator<Buffer> {
  await reader.skip(content.offset - reader.position);
  let written = 0;
  for (const { offset, length } of content.segments ?? [{ offset: 0, length: content.size }]) {
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
