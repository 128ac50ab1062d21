import { applyLayer } from "./apply-layer.ts";
import type { ByteString, EntryMetadata } from "./entry.ts";
import { type DirectoryInode, IMPLICIT_DIRECTORY, type Inode, newDirectory } from "./inode.ts";
import type { TarEntry } from "./tar-entry.ts";

/** One path of the tree. */
export interface TreePath {
  /** Relative to the root, "" for the root itself. */
  readonly path: ByteString;
  readonly inode: Inode;
  /** The path that came first, where several lead to one inode. */
  readonly linkedTo: ByteString | undefined;
}

/**
 * The file system of an image as inodes in memory. Contents of files stay in the archive: an inode
 * knows in which layer and where. Nothing here ever touches the host's file system.
 */
export class ImageTree {
  private readonly root: DirectoryInode = newDirectory(IMPLICIT_DIRECTORY, 0);
  private layers = 0;

  /**
   * Puts the next layer on top.
   *
   * @throws {MalformedTarError} that names the entry
   */
  addLayer(entries: readonly TarEntry[]): void {
    applyLayer(this.root, this.layers, entries);
    this.layers++;
  }

  /** Every path, each directory before what it contains, in the byte order of their names. */
  *walk(): Generator<TreePath> {
    const firstPaths = new Map<Inode, ByteString>();
    const pending: { path: ByteString; inode: Inode }[] = [{ path: "", inode: this.root }];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { path, inode } = next;
      const linkedTo = inode.linked ? firstPaths.get(inode) : undefined;
      if (inode.linked && linkedTo === undefined) firstPaths.set(inode, path);
      yield { path, inode, linkedTo };
      if (inode.type !== "directory") continue;
      for (const [name, child] of [...inode.children].sort(byNameDescending)) {
        pending.push({ path: path === "" ? name : `${path}/${name}`, inode: child });
      }
    }
  }

  /**
   * What the image has at every path, without contents; the order is that of `walk`. Can be iterated
   * again and again.
   */
  metadata(): Iterable<EntryMetadata> {
    return { [Symbol.iterator]: () => this.describeAll() };
  }

  private *describeAll(): Generator<EntryMetadata> {
    for (const item of this.walk()) yield describe(item);
  }
}

/** A path of the tree as the rest of the program sees it. */
export function describe({ path, inode, linkedTo }: TreePath): EntryMetadata {
  const common = { path, ...inode.attributes };
  if (linkedTo !== undefined) {
    return { ...common, type: "hard-link", size: 0, linkTarget: linkedTo };
  }
  switch (inode.type) {
    case "file":
      return { ...common, type: "file", size: inode.size };
    case "symlink":
      return { ...common, type: "symlink", size: 0, linkTarget: inode.target };
    case "character-device":
    case "block-device":
      return {
        ...common,
        type: inode.type,
        size: 0,
        device: inode.device ?? { major: 0, minor: 0 },
      };
    default:
      return { ...common, type: inode.type, size: 0 };
  }
}

function byNameDescending(
  [left]: readonly [ByteString, Inode],
  [right]: readonly [ByteString, Inode],
): number {
  return left < right ? 1 : -1;
}
