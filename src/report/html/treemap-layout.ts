import type { SizeNode } from "../size-node.ts";

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedNode extends Box {
  readonly node: SizeNode;
}

/**
 * Divides a box among nodes by their sizes, into parts as near to squares as that goes.
 *
 * @param nodes with the largest first, all of more than 0 bytes
 * @see https://vanwijk.win.tue.nl/stm.pdf Bruls, Huizing, van Wijk: Squarified Treemaps (2000)
 */
export function layOut(nodes: readonly SizeNode[], box: Box): PlacedNode[] {
  const total = nodes.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  if (total <= 0) return [];
  const scale = (box.width * box.height) / total;
  const placed: PlacedNode[] = [];
  let rest = box;
  let row: SizeNode[] = [];
  for (const node of nodes) {
    const side = Math.min(rest.width, rest.height);
    if (row.length > 0 && worst([...row, node], scale, side) > worst(row, scale, side)) {
      rest = placeRow(row, scale, rest, placed);
      row = [];
    }
    row.push(node);
  }
  placeRow(row, scale, rest, placed);
  return placed;
}

/** The ratio of the sides of the part that is least like a square. */
function worst(row: readonly SizeNode[], scale: number, side: number): number {
  const sum = row.reduce((all, { storedBytes }) => all + storedBytes, 0) * scale;
  const largest = (row[0]?.storedBytes ?? 0) * scale;
  const smallest = (row.at(-1)?.storedBytes ?? 0) * scale;
  return Math.max((side ** 2 * largest) / sum ** 2, sum ** 2 / (side ** 2 * smallest));
}

/** @returns what is left of the box */
function placeRow(row: readonly SizeNode[], scale: number, box: Box, placed: PlacedNode[]): Box {
  const sum = row.reduce((all, { storedBytes }) => all + storedBytes, 0) * scale;
  const isWide = box.width >= box.height;
  const side = isWide ? box.height : box.width;
  const thickness = side === 0 ? 0 : sum / side;
  let at = 0;
  for (const node of row) {
    const length = thickness === 0 ? 0 : (node.storedBytes * scale) / thickness;
    placed.push(
      isWide
        ? { node, x: box.x, y: box.y + at, width: thickness, height: length }
        : { node, x: box.x + at, y: box.y, width: length, height: thickness },
    );
    at += length;
  }
  return isWide
    ? { ...box, x: box.x + thickness, width: box.width - thickness }
    : { ...box, y: box.y + thickness, height: box.height - thickness };
}
