import type { ByteString } from "../../oci/entry.ts";
import type { ByteList } from "./byte-list.ts";
import type { Column } from "./column.ts";

/** The columns of a tree's names: for each, where it stands, its directory and its inode. */
export interface NameColumns {
  readonly names: ByteList;
  readonly nameOffsets: Column;
  readonly nameLengths: Column;
  readonly parents: Column;
  readonly inodes: Column;
  readonly inodeCount: number;
}

/** The names of each directory in the order of their bytes. */
export class SortedTree {
  private readonly columns: NameColumns;
  /** Names by directory. */
  private readonly order: Uint32Array;
  /** Where a directory's names start in `order`; they end where the next one's start. */
  private readonly starts: Uint32Array;

  constructor(columns: NameColumns) {
    this.columns = columns;
    const { parents, inodeCount } = columns;
    this.order = new Uint32Array(parents.length);
    this.starts = new Uint32Array(inodeCount + 1);
    for (let name = 0; name < parents.length; name++) {
      const next = parents.get(name) + 1;
      this.starts[next] = this.start(next) + 1;
    }
    for (let inode = 0; inode < inodeCount; inode++) {
      this.starts[inode + 1] = this.start(inode + 1) + this.start(inode);
    }
    const free = this.starts.slice();
    for (let name = 0; name < parents.length; name++) {
      const parent = parents.get(name);
      const place = free[parent] as number;
      this.order[place] = name;
      free[parent] = place + 1;
    }
    for (let inode = 0; inode < inodeCount; inode++) this.sortNames(inode);
  }

  /** The names in a directory; the view is not to be changed. */
  namesIn(directory: number): Uint32Array {
    return this.order.subarray(this.start(directory), this.start(directory + 1));
  }

  name(name: number): ByteString {
    const { names, nameOffsets, nameLengths } = this.columns;
    return names.text(nameOffsets.get(name), nameLengths.get(name));
  }

  inode(name: number): number {
    return this.columns.inodes.get(name);
  }

  /** @returns a name that another one in its directory equals */
  findDuplicate(): number | undefined {
    const { parents } = this.columns;
    for (let place = 1; place < this.order.length; place++) {
      const left = this.order[place - 1] as number;
      const right = this.order[place] as number;
      if (parents.get(left) === parents.get(right) && this.compare(left, right) === 0) return right;
    }
    return undefined;
  }

  /** @returns the name in a directory that has this text */
  find(directory: number, text: ByteString): number | undefined {
    let low = this.start(directory);
    let high = this.start(directory + 1);
    while (low < high) {
      const middle = (low + high) >>> 1;
      const name = this.order[middle] as number;
      const found = this.name(name);
      if (found === text) return name;
      if (found < text) low = middle + 1;
      else high = middle;
    }
    return undefined;
  }

  private start(inode: number): number {
    return this.starts[inode] as number;
  }

  private sortNames(directory: number): void {
    const names = this.namesIn(directory);
    if (names.length > 1) names.sort((left, right) => this.compare(left, right));
  }

  private compare(left: number, right: number): number {
    const { names, nameOffsets, nameLengths } = this.columns;
    const leftStart = nameOffsets.get(left);
    const rightStart = nameOffsets.get(right);
    return names.bytes.compare(
      names.bytes,
      rightStart,
      rightStart + nameLengths.get(right),
      leftStart,
      leftStart + nameLengths.get(left),
    );
  }
}
