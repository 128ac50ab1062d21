import type { ByteString, EntryMetadata, FileIndex } from "./entry.ts";
import type { ImageQuota } from "./image-limits.ts";
import { type FileContent, type InodeNumber, InodeTable } from "./inode-table.ts";
import { LayerChanges } from "./layer-changes.ts";
import { PathWalker } from "./tree-path.ts";

/** One path of the tree. */
export interface TreePath {
  /** Relative to the root, "" for the root itself. */
  readonly path: ByteString;
  readonly inode: InodeNumber;
  /** The path that came first, where several lead to one inode. */
  readonly linkedTo: ByteString | undefined;
}

/** A directory of which not all names have been visited yet. */
interface OpenDirectory {
  readonly path: ByteString;
  readonly names: Iterator<readonly [ByteString, InodeNumber]>;
}

/**
 * The file system of an image as inodes in memory. Contents of files stay in the archive: an inode
 * knows in which layer and where. Nothing here ever touches the host's file system.
 */
export class ImageTree {
  private readonly inodes = new InodeTable();
  private readonly root = this.inodes.addImplicitDirectory();
  private readonly walker: PathWalker;
  private layers = 0;

  /** @param quota to which directories count that no layer describes */
  constructor(quota: ImageQuota) {
    this.walker = new PathWalker(this.inodes, this.root, () => quota.addInode());
  }

  /** The next layer, to be put on top of those before when it is complete. */
  startLayer(): LayerChanges {
    return new LayerChanges(this.inodes, this.root, this.walker, this.layers++);
  }

  /** One more than the largest number of an inode. */
  get inodeCount(): number {
    return this.inodes.length;
  }

  /** Every path, each directory before what it contains, in the byte order of their names. */
  *walk(): Generator<TreePath> {
    const { inodes } = this;
    const firstPaths = new Map<InodeNumber, ByteString>();
    const open: OpenDirectory[] = [];
    const enter = (path: ByteString, directory: InodeNumber) => {
      const children = inodes.sortedChildren(directory);
      if (children && children.size > 0) open.push({ path, names: children.entries() });
    };
    yield { path: "", inode: this.root, linkedTo: undefined };
    enter("", this.root);
    for (let directory = open.at(-1); directory !== undefined; directory = open.at(-1)) {
      const next = directory.names.next();
      if (next.done) {
        open.pop();
        continue;
      }
      const [name, inode] = next.value;
      const path = directory.path === "" ? name : `${directory.path}/${name}`;
      let linkedTo: ByteString | undefined;
      if (inodes.isLinked(inode)) {
        linkedTo = firstPaths.get(inode);
        if (linkedTo === undefined) firstPaths.set(inode, path);
      }
      yield { path, inode, linkedTo };
      if (inodes.isDirectory(inode)) enter(path, inode);
    }
  }

  /**
   * What the image has at every path, without contents; the order is that of `walk`. Can be iterated
   * again and again.
   */
  metadata(): FileIndex {
    return {
      [Symbol.iterator]: () => this.describeAll(),
      find: (path) => this.find(path),
    };
  }

  /** One path, without following symlinks; another name of a file is described as the file. */
  find(path: ByteString): EntryMetadata | undefined {
    let inode: InodeNumber | undefined = this.root;
    for (const name of path === "" ? [] : path.split("/")) {
      inode = this.inodes.existingChildren(inode)?.get(name);
      if (inode === undefined) return undefined;
    }
    return this.describe({ path, inode, linkedTo: undefined });
  }

  /** A path of the tree as the rest of the program sees it. */
  describe({ path, inode, linkedTo }: TreePath): EntryMetadata {
    const { inodes } = this;
    const type = linkedTo !== undefined ? "hard-link" : inodes.type(inode);
    const linkTarget = type === "symlink" ? inodes.linkTarget(inode) : linkedTo;
    const metadata: EntryMetadata = {
      path,
      type,
      mode: inodes.mode(inode),
      uid: inodes.uid(inode),
      gid: inodes.gid(inode),
      modified: inodes.modified(inode),
      size: type === "file" ? inodes.size(inode) : 0,
      extendedAttributes: inodes.extendedAttributes(inode),
    };
    if (linkTarget !== undefined) return { ...metadata, linkTarget };
    return type.endsWith("-device") ? { ...metadata, device: inodes.device(inode) } : metadata;
  }

  isFile(inode: InodeNumber): boolean {
    return this.inodes.type(inode) === "file";
  }

  content(file: InodeNumber): FileContent {
    return this.inodes.content(file);
  }

  private *describeAll(): Generator<EntryMetadata> {
    for (const item of this.walk()) yield this.describe(item);
  }
}
