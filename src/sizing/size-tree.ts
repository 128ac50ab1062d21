import { displayName } from "../oci/entry.ts";
import type { StoredFile } from "./stored-files.ts";

/** A directory, or a large file, and what it takes in the image. */
export interface SizeNode {
  /** Of the path's last part; "/" for the root. */
  readonly name: string;
  readonly files: number;
  /** Uncompressed bytes of all files below. */
  readonly size: number;
  /** Compressed bytes. */
  readonly storedBytes: number;
  /** The larger first; what is too small to be shown is summed up at the end, as "(N more)". */
  readonly children: readonly SizeNode[];
}

/** Of the whole image, what a node has to take to be shown. */
const LEAST_SHARE = 0.005;
const MAX_CHILDREN = 50;
const MAX_DEPTH = 24;

interface Growing {
  files: number;
  size: number;
  storedBytes: number;
  readonly children: Map<string, Growing>;
}

/** The tree of an image's files by directory, without what is too small to matter. */
export function sizeTree(files: readonly StoredFile[]): SizeNode {
  const root = newNode();
  for (const { path, size, storedBytes } of files) {
    let node = root;
    add(node, size, storedBytes);
    for (const name of path.split("/").slice(0, MAX_DEPTH)) {
      const child = node.children.get(name) ?? newNode();
      node.children.set(name, child);
      add(child, size, storedBytes);
      node = child;
    }
  }
  return finish("/", root, root.storedBytes * LEAST_SHARE);
}

function newNode(): Growing {
  return { files: 0, size: 0, storedBytes: 0, children: new Map() };
}

function add(node: Growing, size: number, storedBytes: number): void {
  node.files += 1;
  node.size += size;
  node.storedBytes += storedBytes;
}

function finish(name: string, node: Growing, least: number): SizeNode {
  const sorted = [...node.children].sort(
    ([, left], [, right]) => right.storedBytes - left.storedBytes,
  );
  const isShown = ([, child]: [string, Growing], index: number) =>
    index < MAX_CHILDREN && child.storedBytes >= least;
  const shown = sorted.filter(isShown);
  const rest = sorted.filter((entry, index) => !isShown(entry, index));
  const children = shown.map(([childName, child]) => finish(displayName(childName), child, least));
  const isLeaf = shown.length === 0;
  return {
    name,
    files: node.files,
    size: node.size,
    storedBytes: Math.round(node.storedBytes),
    children: isLeaf || rest.length === 0 ? children : [...children, summed(rest)],
  };
}

function summed(rest: readonly [string, Growing][]): SizeNode {
  const sum = (value: (node: Growing) => number) =>
    rest.reduce((total, [, node]) => total + value(node), 0);
  return {
    name: `(${rest.length} more)`,
    files: sum(({ files }) => files),
    size: sum(({ size }) => size),
    storedBytes: Math.round(sum(({ storedBytes }) => storedBytes)),
    children: [],
  };
}
