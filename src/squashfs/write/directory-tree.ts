import { ConversionError } from "../../errors.ts";
import { type ByteString, displayName } from "../../oci/entry.ts";
import { ByteList } from "./byte-list.ts";
import { Column } from "./column.ts";
import { SortedTree } from "./sorted-tree.ts";

/** What Linux allows (linux/limits.h). The format has room for one more, kernels do not look at it. */
const MAX_NAME = 255;

/** Stands for the inode of a hard link, which is found when all names are known. */
const UNRESOLVED = 0xffff_ffff;

export const ROOT = 0;

interface HardLink {
  readonly name: number;
  readonly path: ByteString;
  readonly target: ByteString;
}

/** The names of an image, each in a directory and for an inode. The root's inode has the handle 0. */
export class DirectoryTree {
  private readonly names = new ByteList();
  private readonly nameOffsets = Column.uint32();
  private readonly nameLengths = Column.uint8();
  private readonly parents = Column.uint32();
  private readonly inodes = Column.uint32();
  private readonly directories = new Map<ByteString, number>([["", ROOT]]);
  private readonly hardLinks: HardLink[] = [];

  /** @throws {ConversionError} for a name that cannot be stored, or a parent that is not there */
  add(path: ByteString, inode: number): void {
    const slash = path.lastIndexOf("/");
    const name = path.slice(slash + 1);
    checkName(path, name);
    const parent = this.directories.get(path.slice(0, Math.max(slash, 0)));
    if (parent === undefined || slash === 0) {
      throw new ConversionError(
        `"${displayName(path)}" cannot be stored: its directory did not come before it.`,
      );
    }
    this.nameOffsets.push(this.names.push(name));
    this.nameLengths.push(name.length);
    this.parents.push(parent);
    this.inodes.push(inode);
  }

  addDirectory(path: ByteString, inode: number): void {
    this.add(path, inode);
    if (this.directories.has(path)) throw twice(path);
    this.directories.set(path, inode);
  }

  addHardLink(path: ByteString, target: ByteString): void {
    this.add(path, UNRESOLVED);
    this.hardLinks.push({ name: this.inodes.length - 1, path, target });
  }

  /**
   * @param isDirectory tells of an inode
   * @throws {ConversionError} when a path came twice, or a hard link leads nowhere
   */
  sort(inodeCount: number, isDirectory: (inode: number) => boolean): SortedTree {
    const tree = new SortedTree({
      names: this.names,
      nameOffsets: this.nameOffsets,
      nameLengths: this.nameLengths,
      parents: this.parents,
      inodes: this.inodes,
      inodeCount,
    });
    const duplicate = tree.findDuplicate();
    if (duplicate !== undefined) {
      const parent = this.parents.get(duplicate);
      const directory = [...this.directories].find(([, inode]) => inode === parent)?.[0];
      throw twice(directory ? `${directory}/${tree.name(duplicate)}` : tree.name(duplicate));
    }
    for (const { name, path, target } of this.hardLinks) {
      const inode = this.find(tree, target);
      if (inode === undefined || inode === UNRESOLVED || isDirectory(inode)) {
        throw new ConversionError(
          `The hard link "${displayName(path)}" names "${displayName(target)}", which is not a file before it.`,
        );
      }
      this.inodes.set(name, inode);
    }
    return tree;
  }

  private find(tree: SortedTree, path: ByteString): number | undefined {
    const slash = path.lastIndexOf("/");
    const parent = this.directories.get(path.slice(0, Math.max(slash, 0)));
    const name = parent === undefined ? undefined : tree.find(parent, path.slice(slash + 1));
    return name === undefined ? undefined : this.inodes.get(name);
  }
}

function checkName(path: ByteString, name: ByteString): void {
  if (name.length > MAX_NAME) {
    throw new ConversionError(
      `"${displayName(path)}" cannot be stored: its name has ${name.length} bytes, and Linux allows ${MAX_NAME}.`,
    );
  }
  if (name === "" || name === "." || name === ".." || name.includes("\0")) {
    throw new ConversionError(`"${displayName(path)}" cannot be stored: it is no path of a file.`);
  }
}

function twice(path: ByteString): ConversionError {
  return new ConversionError(`"${displayName(path)}" comes twice.`);
}
