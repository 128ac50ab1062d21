import type { ByteString } from "./entry.ts";
import type { DirectoryInode, Inode, InodeAttributes } from "./inode.ts";
import { newDirectory } from "./inode.ts";
import { MalformedTarError } from "./malformed-tar-error.ts";
import type { StoredContent, TarEntry } from "./tar-entry.ts";
import { childPathLength, findDirectory, makeDirectories, splitName } from "./tree-path.ts";
import { classifyName, type LayerName } from "./whiteout.ts";

/** Linux allows a symlink's text one byte less than PATH_MAX. */
const MAX_LINK_TARGET = 4095;

interface NamedEntry {
  readonly entry: TarEntry;
  readonly components: ByteString[];
  readonly name: LayerName;
}

/**
 * Applies a layer to the tree of the layers below it.
 *
 * Whiteouts hide what lower layers have and nothing of their own layer, wherever they stand in it. So
 * all of them are applied first, and then everything that the layer adds, in its order.
 *
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/layer.md
 * @throws {MalformedTarError} that names the entry
 */
export function applyLayer(
  root: DirectoryInode,
  layer: number,
  entries: readonly TarEntry[],
): void {
  const named = entries.map((entry) => naming(entry, () => nameEntry(entry)));
  applyWhiteouts(root, named);
  for (const { entry, components, name } of named) {
    if (name.kind === "entry") naming(entry, () => add(root, layer, entry, components));
  }
}

function nameEntry(entry: TarEntry): NamedEntry {
  const { components } = splitName(entry.name);
  return { entry, components, name: classifyName(components) };
}

function applyWhiteouts(root: DirectoryInode, named: readonly NamedEntry[]): void {
  if (named.every(({ name }) => name.kind === "entry" || name.kind === "ignored")) return;
  const directories = new Set<ByteString>();
  for (const { entry, components } of named) {
    if (entry.type === "directory") directories.add(components.join("/"));
  }
  // Where the layer itself has a directory in place of a lower symlink, the whiteout is meant for the
  // directory, in which the lower layers have nothing.
  const isReplaced = (literal: ByteString) => directories.has(literal);
  for (const { entry, components, name } of named) {
    if (name.kind !== "whiteout" && name.kind !== "opaque") continue;
    const parent = naming(entry, () => findDirectory(root, components.slice(0, -1), isReplaced));
    if (name.kind === "opaque") parent?.children.clear();
    else parent?.children.delete(name.name);
  }
}

function add(
  root: DirectoryInode,
  layer: number,
  entry: TarEntry,
  components: readonly ByteString[],
): void {
  const name = components.at(-1);
  if (name === undefined) {
    if (entry.type !== "directory") {
      throw new MalformedTarError(`it would make the image's root a ${entry.type}`);
    }
    root.attributes = attributesOf(entry);
    return;
  }
  // A link's target is looked up first: its own parents may take the target's place.
  const target = entry.type === "hard-link" ? linkTarget(root, entry) : undefined;
  const parent = makeDirectories(root, components.slice(0, -1));
  const pathLength = childPathLength(parent, name);
  const existing = parent.children.get(name);
  if (entry.type === "directory" && existing?.type === "directory") {
    existing.attributes = attributesOf(entry);
    return;
  }
  parent.children.set(name, target ?? newInode(entry, layer, pathLength));
}

function linkTarget(root: DirectoryInode, entry: TarEntry): Inode {
  const { components, escapes } = splitName(entry.linkName);
  if (escapes) {
    throw new MalformedTarError("it is a hard link to a path outside the image", entry.name);
  }
  const name = components.at(-1);
  const inode =
    name === undefined ? root : findDirectory(root, components.slice(0, -1))?.children.get(name);
  if (inode === undefined) {
    throw new MalformedTarError("it is a hard link to something that the image does not have");
  }
  if (inode.type === "directory") throw new MalformedTarError("it is a hard link to a directory");
  inode.linked = true;
  return inode;
}

function newInode(entry: TarEntry, layer: number, pathLength: number): Inode {
  const base = { attributes: attributesOf(entry), linked: false };
  switch (entry.type) {
    case "directory":
      return newDirectory(base.attributes, pathLength);
    case "file":
      return {
        ...base,
        type: "file",
        size: entry.size,
        layer,
        content: entry.content as StoredContent,
      };
    case "symlink":
      if (entry.linkName === "" || entry.linkName.length > MAX_LINK_TARGET) {
        throw new MalformedTarError(
          `it is a symbolic link with a text of ${entry.linkName.length} bytes; Linux allows 1 to ${MAX_LINK_TARGET}`,
        );
      }
      return { ...base, type: "symlink", target: entry.linkName };
    case "hard-link":
      throw new TypeError("A hard link has no inode of its own.");
    default:
      return { ...base, type: entry.type, device: entry.device };
  }
}

function attributesOf(entry: TarEntry): InodeAttributes {
  const { mode, uid, gid, modified, extendedAttributes } = entry;
  return { mode, uid, gid, modified, extendedAttributes };
}

function naming<T>(entry: TarEntry, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof MalformedTarError) error.entry ??= entry.name;
    throw error;
  }
}
