import { ROOT } from "./directory-tree.ts";
import type { Inodes } from "./inodes.ts";
import type { SortedTree } from "./sorted-tree.ts";

/** What inodes say that depends on the whole tree. */
export interface InodeNumbers {
  /** By handle, from 1. */
  readonly numbers: Uint32Array;
  /** By handle: names of a file, or 2 and the number of subdirectories. */
  readonly linkCounts: Uint32Array;
}

/**
 * Numbers the inodes so that those in one directory follow each other: a listing holds the differences of
 * its entries' numbers, in 16 bits.
 */
export function numberInodes(inodes: Inodes, tree: SortedTree): InodeNumbers {
  const numbers = new Uint32Array(inodes.count);
  const linkCounts = new Uint32Array(inodes.count);
  let last = 1;
  numbers[ROOT] = last;
  const pending = [ROOT];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    let subdirectories = 0;
    for (const name of tree.namesIn(directory)) {
      const inode = tree.inode(name);
      if (numbers[inode] === 0) numbers[inode] = ++last;
      if (inodes.isDirectory(inode)) {
        subdirectories++;
        pending.push(inode);
      } else {
        linkCounts[inode] = (linkCounts[inode] as number) + 1;
      }
    }
    linkCounts[directory] = 2 + subdirectories;
  }
  return { numbers, linkCounts };
}
