import { formatBytes } from "../../system/format-bytes.ts";
import type { SizeNode } from "../size-node.ts";
import { type Html, html } from "./html.ts";
import { type Box, layOut } from "./treemap-layout.ts";

const SHADES = 6;
/** Of the parts of a directory; the rest is one part. */
const MAX_PARTS = 40;
const MAX_DEPTH = 3;
const TITLE_HEIGHT = 16;
/** Units, about pixels: what is smaller is not divided, or has no name. */
const LEAST_DIVIDED = 60;
const CHARACTER_WIDTH = 6.4;
const LEAST_DRAWN = 2;

/** Where an image's bytes are: as areas (for wide and for narrow pages), and as a list that can be opened. */
export function sizeSection(root: SizeNode): Html {
  return html`<section id="size"><h2>Where the image's bytes are</h2>
<p class="faint">${formatBytes(root.storedBytes)} for the contents of all files, compressed.</p>
${treemap(root, { x: 0, y: 0, width: 1040, height: 460 }, "wide")}
${treemap(root, { x: 0, y: 0, width: 360, height: 420 }, "narrow")}
<div class="sizes"><ul>${sizeItems(root, 0)}</ul></div></section>
`;
}

function treemap(root: SizeNode, box: Box, kind: "wide" | "narrow"): Html {
  const parts = layOut(partsOf(root), box).map((place, index) =>
    draw(place.node, place, `/${place.node.name}`, index % SHADES, 1),
  );
  return html`<svg class="treemap ${kind}" viewBox="0 0 ${box.width} ${box.height}" role="img" aria-label="Areas of the image's largest directories; the list below has their sizes">${parts}</svg>`;
}

function draw(node: SizeNode, box: Box, path: string, shade: number, depth: number): Html {
  const { x, y, width, height } = box;
  if (width < LEAST_DRAWN || height < LEAST_DRAWN) return html``;
  const size = formatBytes(node.storedBytes);
  const isDivided =
    depth < MAX_DEPTH && Math.min(width, height) > LEAST_DIVIDED && partsOf(node).length > 1;
  const inside = {
    x: x + 2,
    y: y + TITLE_HEIGHT,
    width: width - 4,
    height: height - TITLE_HEIGHT - 2,
  };
  const parts = isDivided
    ? layOut(partsOf(node), inside).map((place) =>
        draw(place.node, place, `${path}/${place.node.name}`, shade, depth + 1),
      )
    : [];
  return html`<g><rect class="shade-${shade}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"><title>${path}: ${size}</title></rect>${label(`${node.name} ${size}`, node.name, box)}${parts}</g>`;
}

function label(long: string, short: string, { x, y, width, height }: Box): Html {
  const room = Math.floor((width - 6) / CHARACTER_WIDTH);
  const text = [long, short].find(({ length }) => length <= room);
  if (text === undefined || height < TITLE_HEIGHT) return html``;
  return html`<text x="${round(x + 3)}" y="${round(y + 12)}">${text}</text>`;
}

function sizeItems(node: SizeNode, depth: number): Html[] {
  return partsOf(node).map((part) => {
    const text = html`${part.name} <span class="faint">${formatBytes(part.storedBytes)}</span>`;
    return part.children.length > 0 && depth < MAX_DEPTH
      ? html`<li><details><summary>${text}</summary><ul>${sizeItems(part, depth + 1)}</ul></details></li>`
      : html`<li><div class="file">${text}</div></li>`;
  });
}

/** The largest first, and what is left of them as one. */
function partsOf({ children }: SizeNode): SizeNode[] {
  const sorted = children.filter(({ storedBytes }) => storedBytes > 0).sort(largestFirst);
  const parts = sorted.slice(0, MAX_PARTS);
  const rest = sorted.slice(MAX_PARTS);
  if (rest.length === 0) return parts;
  const storedBytes = rest.reduce((sum, part) => sum + part.storedBytes, 0);
  return [...parts, { name: `(${rest.length} smaller)`, storedBytes, children: [] }].sort(
    largestFirst,
  );
}

function largestFirst(a: SizeNode, b: SizeNode): number {
  return b.storedBytes - a.storedBytes;
}

function round(value: number): number {
  return Math.round(10 * value) / 10;
}
