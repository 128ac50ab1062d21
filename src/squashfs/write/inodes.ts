import type { ByteString } from "../../oci/entry.ts";
import { INODE_TYPES } from "../format.ts";
import { ByteList } from "./byte-list.ts";
import { Column } from "./column.ts";

export type InodeKind = keyof typeof INODE_TYPES;

export interface InodeProperties {
  readonly kind: InodeKind;
  readonly mode: number;
  /** Where user and group stand in the id table. */
  readonly uidIndex: number;
  readonly gidIndex: number;
  /** Seconds since the epoch. */
  readonly modified: number;
  /** The number of its extended attributes, or NONE. */
  readonly xattrId: number;
  /** A file's layout, a device's number, where a symlink's target stands; 0 for others. */
  readonly detail: number;
}

/** What is gathered of the inodes while entries come in; they are written when all are known. */
export class Inodes {
  private readonly types = Column.uint8();
  private readonly modes = Column.uint16();
  private readonly uidIndexes = Column.uint16();
  private readonly gidIndexes = Column.uint16();
  private readonly times = Column.uint32();
  private readonly xattrIds = Column.uint32();
  private readonly details = Column.uint32();
  private readonly targets = new ByteList();
  private readonly targetOffsets = Column.uint32();

  get count(): number {
    return this.types.length;
  }

  /** @returns its handle, which is not its number in the image */
  add(properties: InodeProperties): number {
    this.types.push(INODE_TYPES[properties.kind]);
    this.modes.push(properties.mode);
    this.uidIndexes.push(properties.uidIndex);
    this.gidIndexes.push(properties.gidIndex);
    this.times.push(properties.modified);
    this.xattrIds.push(properties.xattrId);
    return this.details.push(properties.detail);
  }

  /** Takes up a symlink's target. @returns the `detail` of the symlink */
  addTarget(target: ByteString): number {
    this.targets.push(target);
    return this.targetOffsets.push(this.targets.length);
  }

  /** Says again what an inode is; its kind stays. */
  replace(inode: number, properties: InodeProperties): void {
    this.modes.set(inode, properties.mode);
    this.uidIndexes.set(inode, properties.uidIndex);
    this.gidIndexes.set(inode, properties.gidIndex);
    this.times.set(inode, properties.modified);
    this.xattrIds.set(inode, properties.xattrId);
  }

  /** The number of its type in its basic form. */
  type(inode: number): number {
    return this.types.get(inode);
  }

  isDirectory(inode: number): boolean {
    return this.types.get(inode) === INODE_TYPES.directory;
  }

  mode(inode: number): number {
    return this.modes.get(inode);
  }

  uidIndex(inode: number): number {
    return this.uidIndexes.get(inode);
  }

  gidIndex(inode: number): number {
    return this.gidIndexes.get(inode);
  }

  modified(inode: number): number {
    return this.times.get(inode);
  }

  xattrId(inode: number): number {
    return this.xattrIds.get(inode);
  }

  detail(inode: number): number {
    return this.details.get(inode);
  }

  symlinkTarget(inode: number): ByteString {
    const index = this.detail(inode);
    const start = index === 0 ? 0 : this.targetOffsets.get(index - 1);
    return this.targets.text(start, this.targetOffsets.get(index) - start);
  }
}
