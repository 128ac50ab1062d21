import type { ByteString, EntryMetadata, FileIndex } from "../oci/entry.ts";
import { pathComponents, walkPath } from "../oci/path-walk.ts";

const indices = new WeakMap<Iterable<EntryMetadata>, FileIndex>();

/** The entries of an image, to be asked for single paths; an index is made of a plain list, once. */
export function imageFiles(entries: Iterable<EntryMetadata>): FileIndex {
  if (isIndex(entries)) return entries;
  const known = indices.get(entries);
  if (known) return known;
  const byPath = new Map<ByteString, EntryMetadata>();
  for (const entry of entries) byPath.set(entry.path, entry);
  const index = {
    [Symbol.iterator]: () => entries[Symbol.iterator](),
    find: (path: ByteString) => {
      const entry = byPath.get(path);
      const file = entry?.type === "hard-link" ? byPath.get(entry.linkTarget ?? "") : undefined;
      return file ? { ...file, path } : entry;
    },
  };
  indices.set(entries, index);
  return index;
}

function isIndex(entries: Iterable<EntryMetadata>): entries is FileIndex {
  return "find" in entries && !Array.isArray(entries);
}

/**
 * What a path leads to when the image is the root directory, symbolic links followed. Its `path` is where
 * it really is.
 *
 * @param path with or without a slash at its start
 * @returns undefined when there is nothing, or the links go round in circles
 */
export function followLinks(files: FileIndex, path: ByteString): EntryMetadata | undefined {
  const walk = walkPath<EntryMetadata>(path);
  let step = walk.next();
  while (!step.done) step = walk.next(files.find(step.value));
  return step.value;
}

/** A path of a Dockerfile or a configuration as entries have it: bytes, relative, without `.`. */
export function entryPath(path: string): ByteString {
  return pathComponents(Buffer.from(path, "utf8").toString("latin1")).join("/");
}
