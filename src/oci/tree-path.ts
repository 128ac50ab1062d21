import type { ByteString } from "./entry.ts";
import type { InodeNumber, InodeTable } from "./inode-table.ts";
import { MalformedTarError } from "./malformed-tar-error.ts";

/** NAME_MAX and PATH_MAX (without its NUL) of Linux: what is longer could never be opened in the VM. */
const MAX_NAME = 255;
const MAX_PATH = 4095;

/** As many as containerd follows. */
const MAX_SYMLINKS = 255;

/**
 * Components that all symlinks on the way to all entries of an image may lead through. Real images stay
 * below a few per entry; a hostile one could make each entry walk through half a million.
 */
const MAX_SYMLINK_STEPS = 20_000_000;

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
type OnMissing = (parent: InodeNumber, name: ByteString) => InodeNumber | undefined;

/** Whether to go no further at a symlink of the tree; `literal` is its path as far as no other was followed. */
type StopAtSymlink = (literal: ByteString) => boolean;

/** Finds and makes directories in a tree of inodes, following symlinks inside it. */
export class PathWalker {
  private symlinkSteps = 0;
  private readonly inodes: InodeTable;
  private readonly root: InodeNumber;
  private readonly makeDirectory: (parent: InodeNumber, name: ByteString) => InodeNumber;

  /** @param onNewDirectory called for each directory that is made without an entry of its own */
  constructor(inodes: InodeTable, root: InodeNumber, onNewDirectory: () => void) {
    this.inodes = inodes;
    this.root = root;
    this.makeDirectory = (parent, name) => {
      const length = childPathLength(inodes, parent, name);
      onNewDirectory();
      const directory = inodes.addImplicitDirectory();
      inodes.setPathLength(directory, length);
      inodes.children(parent).set(compact(name), directory);
      return directory;
    };
  }

  /** The directory at a path, if there is one. @throws {MalformedTarError} for a loop of symlinks */
  find(components: readonly ByteString[], stopAt?: StopAtSymlink): InodeNumber | undefined {
    return this.walk(components, () => undefined, stopAt);
  }

  /**
   * The directory at a path; what is missing is created, and what is no directory is replaced by one.
   *
   * @throws {MalformedTarError} for a loop of symlinks and for names that Linux could not open
   */
  make(components: readonly ByteString[]): InodeNumber {
    return this.walk(components, this.makeDirectory) as InodeNumber;
  }

  /**
   * Walks to a directory as a process whose root is the image's root would: symlinks are followed inside
   * the tree, and ".." never leaves it.
   *
   * @returns undefined when `onMissing` or `stopAt` ended the walk
   * @throws {MalformedTarError} for a loop of symlinks
   */
  private walk(
    components: readonly ByteString[],
    onMissing: OnMissing,
    stopAt?: StopAtSymlink,
  ): InodeNumber | undefined {
    const { inodes, root } = this;
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
      const parent = directories.at(-1) ?? root;
      const child = inodes.existingChildren(parent)?.get(name);
      if (stopAt && followed === 0) literal = literal === "" ? name : `${literal}/${name}`;
      if (child !== undefined && inodes.isDirectory(child)) {
        directories.push(child);
      } else if (child !== undefined && inodes.isSymlink(child)) {
        if (followed === 0 && stopAt?.(literal)) return undefined;
        if (++followed > MAX_SYMLINKS) {
          throw new MalformedTarError("its path leads through a loop of symbolic links");
        }
        this.follow(inodes.linkTarget(child), directories, queue);
      } else {
        const next = onMissing(parent, name);
        if (next === undefined) return undefined;
        directories.push(next);
      }
    }
    return directories.at(-1);
  }

  private follow(target: ByteString, directories: InodeNumber[], queue: ByteString[]): void {
    if (target.startsWith("/")) directories.length = 1;
    const parts = target.split("/");
    this.symlinkSteps += parts.length;
    if (this.symlinkSteps > MAX_SYMLINK_STEPS) {
      throw new MalformedTarError(
        `up to it, the image's paths lead through more than ${MAX_SYMLINK_STEPS} steps of symbolic links`,
      );
    }
    for (const part of parts.reverse()) queue.push(part);
  }
}

/** @throws {MalformedTarError} when a child of that name could not be opened on Linux */
export function childPathLength(inodes: InodeTable, parent: InodeNumber, name: ByteString): number {
  if (name.length > MAX_NAME) {
    throw new MalformedTarError(
      `a component of its path has ${name.length} bytes; Linux allows ${MAX_NAME}`,
    );
  }
  const length = inodes.pathLength(parent) + 1 + name.length;
  if (length > MAX_PATH) {
    throw new MalformedTarError(`its path is longer than Linux allows (${MAX_PATH} bytes)`);
  }
  return length;
}

const scratch = Buffer.alloc(MAX_NAME);

/**
 * The same name in memory of its own. V8 lets a longer part of a string point into the whole, which would
 * keep each entry's full path in memory.
 */
export function compact(name: ByteString): ByteString {
  return scratch.toString("latin1", 0, scratch.write(name, "latin1"));
}
