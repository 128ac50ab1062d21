import { ImageSourceError } from "../errors.ts";
import type { ByteReader } from "./byte-reader.ts";
import { displayName, type Entry, type EntryMetadata } from "./entry.ts";
import { describe, type ImageTree } from "./image-tree.ts";
import type { FileInode } from "./inode.ts";
import { type Layer, layerName, openLayer } from "./layer.ts";

const ZEROS = Buffer.alloc(1024 * 1024);

interface PendingFile {
  readonly metadata: EntryMetadata;
  readonly inode: FileInode;
}

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
  const files = layers.map((): PendingFile[] => []);
  const links: EntryMetadata[] = [];
  for (const item of tree.walk()) {
    signal?.throwIfAborted();
    const metadata = describe(item);
    if (item.inode.type !== "file") yield metadata;
    else if (item.linkedTo !== undefined) links.push(metadata);
    else files[item.inode.layer]?.push({ metadata, inode: item.inode });
  }
  for (const [index, layer] of layers.entries())
    yield* layerFiles(layer, files[index] ?? [], signal);
  yield* links;
}

async function* layerFiles(
  layer: Layer,
  files: PendingFile[],
  signal?: AbortSignal,
): AsyncGenerator<Entry> {
  files.sort((left, right) => left.inode.content.offset - right.inode.content.offset);
  if (files.length === 0) return;
  const reader = await openLayer(layer, signal);
  try {
    for (const { metadata, inode } of files) {
      signal?.throwIfAborted();
      yield { ...metadata, content: readContent(layer, reader, metadata, inode) };
    }
  } finally {
    await reader.close();
  }
}

async function* readContent(
  layer: Layer,
  reader: ByteReader,
  { path }: EntryMetadata,
  { content, size }: FileInode,
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
