import { setImmediate } from "node:timers/promises";
import { INODE_TYPES } from "../format.ts";
import { appendListing, type ListingEntry } from "./directory-listing.ts";
import { ROOT } from "./directory-tree.ts";
import {
  encodeDevice,
  encodeDirectory,
  encodeFifo,
  encodeFile,
  encodeSymlink,
  type InodeHeader,
} from "./encode-inode.ts";
import type { FileLayouts } from "./file-layouts.ts";
import type { InodeNumbers } from "./inode-numbers.ts";
import type { Inodes } from "./inodes.ts";
import { type MetadataReference, MetadataWriter } from "./metadata-writer.ts";
import type { SortedTree } from "./sorted-tree.ts";

/** Inodes after which others get their turn: compressing their metadata takes some milliseconds. */
const INODES_PER_TURN = 2000;

export interface TreeParts extends InodeNumbers {
  readonly inodes: Inodes;
  readonly layouts: FileLayouts;
  readonly tree: SortedTree;
}

/** Encodes the inodes and the listings of directories, each directory after what it contains. */
export class TreeWriter {
  readonly inodeTable: MetadataWriter;
  readonly directoryTable: MetadataWriter;
  private readonly parts: TreeParts;
  /** By handle; a block of 0 and an offset of 0 also before the inode is written. */
  private readonly blocks: Float64Array;
  private readonly offsets: Uint16Array;
  private readonly isWritten: Uint8Array;
  private writtenCount = 0;

  /** @param level of zlib */
  constructor(parts: TreeParts, level: number) {
    this.parts = parts;
    this.inodeTable = new MetadataWriter(level);
    this.directoryTable = new MetadataWriter(level);
    this.blocks = new Float64Array(parts.inodes.count);
    this.offsets = new Uint16Array(parts.inodes.count);
    this.isWritten = new Uint8Array(parts.inodes.count);
  }

  /** @throws the abort reason */
  async write(signal?: AbortSignal): Promise<void> {
    const path = [{ directory: ROOT, parent: this.parts.inodes.count + 1, next: 0 }];
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const subdirectory = this.nextSubdirectory(top);
      if (subdirectory !== undefined) {
        path.push({ directory: subdirectory, parent: this.number(top.directory), next: 0 });
        continue;
      }
      path.pop();
      for (const name of this.parts.tree.namesIn(top.directory)) {
        this.writeInode(this.parts.tree.inode(name));
        if (this.writtenCount % INODES_PER_TURN === 0) await setImmediate();
        signal?.throwIfAborted();
      }
      this.writeDirectory(top.directory, top.parent);
    }
    this.inodeTable.finish();
    this.directoryTable.finish();
  }

  /** Where an inode stands in the inode table. */
  reference(inode: number): MetadataReference {
    return { block: this.blocks[inode] as number, offset: this.offsets[inode] as number };
  }

  private nextSubdirectory(place: { directory: number; next: number }): number | undefined {
    const { tree, inodes } = this.parts;
    const names = tree.namesIn(place.directory);
    while (place.next < names.length) {
      const inode = tree.inode(names[place.next++] as number);
      if (inodes.isDirectory(inode)) return inode;
    }
    return undefined;
  }

  private writeInode(inode: number): void {
    if (this.isWritten[inode]) return;
    this.append(inode, this.encode(inode));
  }

  private writeDirectory(directory: number, parent: number): void {
    const { tree, inodes } = this.parts;
    const entries: ListingEntry[] = [];
    for (const name of tree.namesIn(directory)) {
      const inode = tree.inode(name);
      entries.push({
        name: tree.name(name),
        reference: this.reference(inode),
        number: this.number(inode),
        type: inodes.type(inode),
      });
    }
    const listing = appendListing(this.directoryTable, entries);
    this.append(directory, encodeDirectory(this.header(directory), listing, parent));
  }

  private append(inode: number, bytes: Buffer): void {
    const { block, offset } = this.inodeTable.reference;
    this.blocks[inode] = block;
    this.offsets[inode] = offset;
    this.isWritten[inode] = 1;
    this.writtenCount++;
    this.inodeTable.append(bytes);
  }

  private encode(inode: number): Buffer {
    const { inodes, layouts } = this.parts;
    const header = this.header(inode);
    const detail = inodes.detail(inode);
    switch (header.type) {
      case INODE_TYPES.file:
        return encodeFile(header, layouts.get(detail), (index) =>
          layouts.blockSizeWord(detail, index),
        );
      case INODE_TYPES.symlink:
        return encodeSymlink(header, inodes.symlinkTarget(inode));
      case INODE_TYPES.fifo:
        return encodeFifo(header);
      default:
        return encodeDevice(header, detail);
    }
  }

  private header(inode: number): InodeHeader {
    const { inodes, linkCounts } = this.parts;
    return {
      type: inodes.type(inode),
      mode: inodes.mode(inode),
      uidIndex: inodes.uidIndex(inode),
      gidIndex: inodes.gidIndex(inode),
      modified: inodes.modified(inode),
      number: this.number(inode),
      linkCount: linkCounts[inode] as number,
      xattrId: inodes.xattrId(inode),
    };
  }

  private number(inode: number): number {
    return this.parts.numbers[inode] as number;
  }
}
