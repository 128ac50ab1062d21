import { DATA_UNCOMPRESSED, NONE } from "../format.ts";
import type { StoredBlock } from "./block-queue.ts";
import { Column } from "./column.ts";

/** Where a content lies: what the inodes of all files with this content say. */
export interface FileLayout {
  /** Bytes of the content. */
  readonly size: number;
  /** Of the first block that is not a hole; 0 when there is none. */
  readonly start: number;
  readonly blockCount: number;
  /** The number of the fragment block with the content, or NONE. */
  readonly fragment: number;
  readonly fragmentOffset: number;
  /** Bytes in holes. */
  readonly sparse: number;
}

/** The size of a block as inodes and the fragment table have it. */
export function sizeWord({ size, isCompressed }: StoredBlock): number {
  return isCompressed || size === 0 ? size : size | DATA_UNCOMPRESSED;
}

/** Where each content lies. Filled in as blocks are written, one content after the other. */
export class FileLayouts {
  private readonly sizes = Column.float64();
  private readonly starts = Column.float64();
  private readonly firstBlocks = Column.uint32();
  private readonly blockCounts = Column.uint32();
  private readonly fragments = Column.uint32();
  private readonly fragmentOffsets = Column.uint32();
  private readonly sparse = Column.float64();
  private readonly blockSizes = Column.uint32();

  /** @returns the number of a new layout */
  add(size: number): number {
    this.starts.push(0);
    this.firstBlocks.push(0);
    this.blockCounts.push(0);
    this.fragments.push(NONE);
    this.fragmentOffsets.push(0);
    this.sparse.push(0);
    return this.sizes.push(size);
  }

  /** @param covered uncompressed bytes of the block */
  addBlock(layout: number, block: StoredBlock, covered: number): void {
    const count = this.blockCounts.get(layout);
    if (count === 0) this.firstBlocks.set(layout, this.blockSizes.length);
    this.blockSizes.push(sizeWord(block));
    this.blockCounts.set(layout, count + 1);
    if (block.size === 0) this.sparse.set(layout, this.sparse.get(layout) + covered);
    else if (this.starts.get(layout) === 0) this.starts.set(layout, block.offset);
  }

  setFragment(layout: number, fragment: number, offset: number): void {
    this.fragments.set(layout, fragment);
    this.fragmentOffsets.set(layout, offset);
  }

  get(layout: number): FileLayout {
    return {
      size: this.sizes.get(layout),
      start: this.starts.get(layout),
      blockCount: this.blockCounts.get(layout),
      fragment: this.fragments.get(layout),
      fragmentOffset: this.fragmentOffsets.get(layout),
      sparse: this.sparse.get(layout),
    };
  }

  /** What an inode says of one of the layout's blocks. */
  blockSizeWord(layout: number, index: number): number {
    return this.blockSizes.get(this.firstBlocks.get(layout) + index);
  }
}
