import type { ByteString } from "./entry.ts";
import { type DirectoryInode, IMPLICIT_DIRECTORY, type Inode, newDirectory } from "./inode.ts";
import { MalformedTarError } from "./malformed-tar-error.ts";

/** NAME_MAX and PATH_MAX (without its NUL) of Linux: what is longer could never be opened in the VM. */
const MAX_NAME = 255;
const MAX_PATH = 4095;

/** As many as containerd follows. */
const MAX_SYMLINKS = 255;

/**
 * The components of a name in an archive, taken as relative to the image's root, without empty ones, "."
 * and "..". A ".." is applied to the text, as Go's filepath.Clean does for every container engine.
 */
export function splitName(name: ByteString): { components: ByteString[]; escapes: boolean } {
  const components: ByteString[] = [];
  let escapes = false;
  for (const component of name.split("/")) {
    if (component === "" || component === ".") continue;
    if (component === "..") escapes = components.pop() === undefined || escapes;
    else components.push(component);
  }
  return { components, escapes };
}

/** What to do where a path leads to something that is neither a directory nor a symlink, or to nothing. */
type OnMissing = (
  parent: DirectoryInode,
  name: ByteString,
  existing: Inode | undefined,
) => DirectoryInode | undefined;

/** Whether to go no further at a symlink of the tree; `literal` is its path as far as no other was followed. */
type StopAtSymlink = (literal: ByteString) => boolean;

/**
 * Walks to a directory as a process whose root is the image's root would: symlinks are followed inside the
 * tree, and ".." never leaves it.
 *
 * @returns undefined when `onMissing` or `stopAt` ended the walk
 * @throws {MalformedTarError} for a loop of symlinks
 */
function walk(
  root: DirectoryInode,
  components: readonly ByteString[],
  onMissing: OnMissing,
  stopAt?: StopAtSymlink,
): DirectoryInode | undefined {
  const directories = [root];
  const queue = components.toReversed();
  let followed = 0;
  let literal: ByteString = "";
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (name === "" || name === ".") continue;
    if (name === "..") {
      if (directories.length > 1) directories.pop();
      continue;
    }
    const parent = directories.at(-1) as DirectoryInode;
    const child = parent.children.get(name);
    if (stopAt && followed === 0) literal = literal === "" ? name : `${literal}/${name}`;
    if (child?.type === "directory") {
      directories.push(child);
    } else if (child?.type === "symlink") {
      if (followed === 0 && stopAt?.(literal)) return undefined;
      if (++followed > MAX_SYMLINKS) {
        throw new MalformedTarError("its path leads through a loop of symbolic links");
      }
      if (child.target.startsWith("/")) directories.length = 1;
      for (const part of child.target.split("/").reverse()) queue.push(part);
    } else {
      const next = onMissing(parent, name, child);
      if (!next) return undefined;
      directories.push(next);
    }
  }
  return directories.at(-1);
}

/** The directory at a path, if there is one. @throws {MalformedTarError} for a loop of symlinks */
export function findDirectory(
  root: DirectoryInode,
  components: readonly ByteString[],
  stopAt?: StopAtSymlink,
): DirectoryInode | undefined {
  return walk(root, components, () => undefined, stopAt);
}

/**
 * The directory at a path; what is missing is created, and what is no directory is replaced by one.
 *
 * @throws {MalformedTarError} for a loop of symlinks and for names that Linux could not open
 */
export function makeDirectories(
  root: DirectoryInode,
  components: readonly ByteString[],
): DirectoryInode {
  return walk(root, components, (parent, name) => {
    const directory = newDirectory(IMPLICIT_DIRECTORY, childPathLength(parent, name));
    parent.children.set(name, directory);
    return directory;
  }) as DirectoryInode;
}

/** @throws {MalformedTarError} when a child of that name could not be opened on Linux */
export function childPathLength(parent: DirectoryInode, name: ByteString): number {
  if (name.length > MAX_NAME) {
    throw new MalformedTarError(
      `a component of its path has ${name.length} bytes; Linux allows ${MAX_NAME}`,
    );
  }
  const length = parent.pathLength + 1 + name.length;
  if (length > MAX_PATH) {
    throw new MalformedTarError(`its path is longer than Linux allows (${MAX_PATH} bytes)`);
  }
  return length;
}
