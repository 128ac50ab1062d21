import type { ImageBytes, ImageContents, Needs, SizeResult } from "../sizing/size-result.ts";
import type { SizeNode } from "../sizing/size-tree.ts";
import { displayText, escapeControls } from "../system/display-text.ts";
import { formatBytes } from "../system/format-bytes.ts";
import { formatColumns } from "./columns.ts";
import { formatTable } from "./format.ts";

/** Levels of the tree, and entries of each list, that the text shows; the JSON has more. */
const SHOWN_DEPTH = 3;
const SHOWN_CHILDREN = 6;
const SHOWN_ENTRIES = 8;

/** `minMemGib 0.15, minStorageGib 0.1, minCpuThreads 1` */
export function describeSize({ needs, bytes }: SizeResult): string {
  if (needs === null) return `${formatBytes(bytes.total)}, not booted`;
  const { minMemGib, minStorageGib, minCpuThreads } = needs.requirements;
  return `minMemGib ${minMemGib}, minStorageGib ${minStorageGib}, minCpuThreads ${minCpuThreads}`;
}

/** What an image needs and where its bytes are, for people. */
export function formatSizeResult({ needs, bytes }: SizeResult): string {
  return [
    ...(needs ? [formatNeeds(needs)] : []),
    formatTable(bytesRows(bytes)),
    ...lists(bytes),
  ].join("\n\n");
}

function formatNeeds(needs: Needs): string {
  const { memory, storage, cpus, requirements, margin, profile, tests } = needs;
  const exact = memory.uncertaintyMib === 0 ? "" : `, or up to ${memory.uncertaintyMib} MiB less`;
  const boots = memory.trials.length;
  const written = storage.volumes.map(
    ({ path, bytes }) => `${displayText(path)} ${formatBytes(bytes)}`,
  );
  const overlay =
    storage.overlayBytes === null
      ? ""
      : `; outside volumes ${formatBytes(storage.overlayBytes)}, which takes memory`;
  return [
    `What a requestor asks for (found on ${profile}, with a margin of ${Math.round(margin * 100)} %):`,
    formatTable([
      ["  minMemGib", String(requirements.minMemGib)],
      ["  minStorageGib", String(requirements.minStorageGib)],
      ["  minCpuThreads", String(requirements.minCpuThreads)],
    ]),
    "",
    formatTable([
      ["boots with", `${memory.bootMib} MiB`],
      [
        tests.length === 1 ? "its test passes with" : `its ${tests.length} tests pass with`,
        `${memory.leastMib} MiB${exact} (${boots} boots)`,
      ],
      ...(memory.reason === null
        ? []
        : ([["with less", escapeControls(memory.reason)]] as [string, string][])),
      ["volumes held", `${written.length === 0 ? "nothing" : written.join(", ")}${overlay}`],
      ["cores", `${cpus.threads}: ${cpus.reason}`],
    ]),
  ].join("\n");
}

const SAVINGS = {
  measured: "measured",
  estimated: "estimated; --measure-smallest measures it",
} as const;

function bytesRows({ total, compression, contents, smallest }: ImageBytes): [string, string][] {
  const rows: [string, string][] = [["size", `${formatBytes(total)}, ${compression}`]];
  if (contents) {
    rows.push([
      "files",
      `${contents.files}, ${formatBytes(contents.size)}, stored in ${formatBytes(contents.storedBytes)}`,
    ]);
  } else {
    rows.push(["files", `not looked at: this program reads gzip alone`]);
  }
  if (smallest.how !== "already") {
    const percent = Math.round((smallest.savedBytes / total) * 100);
    rows.push([
      "smallest",
      `${formatBytes(smallest.total)}, ${percent} % less (${SAVINGS[smallest.how]})`,
    ]);
  }
  return rows;
}

function lists({ contents, layers }: ImageBytes): string[] {
  if (!contents) return [];
  return [
    ["By directory (stored, uncompressed):", treeRows(contents.tree)],
    ["By layer (stored in the .gvmi, uncompressed, in the archive):", layerRows(layers)],
    ["Largest files (stored, uncompressed):", largestRows(contents)],
    ["Equal files (of each, copies, stored):", duplicateRows(contents)],
    ["Need not ship (stored, uncompressed):", leftoverRows(contents)],
  ].flatMap(([title, rows]) =>
    rows === undefined || rows.length === 0
      ? []
      : [`${title}\n${formatColumns((rows as string[][]).map((row) => ["  ", ...row]))}`],
  );
}

function treeRows(tree: SizeNode, depth = 0, path = ""): string[][] {
  const name = depth === 0 ? "/" : `${path}/${tree.name}`;
  const isSum = tree.name.startsWith("(") && tree.children.length === 0;
  const rows = [
    [
      formatBytes(tree.storedBytes),
      formatBytes(tree.size),
      `${"  ".repeat(depth)}${displayText(isSum ? tree.name : name)}`,
    ],
  ];
  if (depth === SHOWN_DEPTH) return rows;
  const below = depth === 0 ? "" : name;
  return [
    ...rows,
    ...tree.children.slice(0, SHOWN_CHILDREN).flatMap((child) => treeRows(child, depth + 1, below)),
  ];
}

function layerRows(layers: ImageBytes["layers"]): string[][] {
  return (layers ?? []).map(({ number, storedBytes, size, archiveBytes, files, diffId }) => [
    formatBytes(storedBytes),
    formatBytes(size),
    formatBytes(archiveBytes),
    `layer ${number}, ${files} files, ${diffId.slice(0, "sha256:".length + 12)}`,
  ]);
}

function largestRows({ largest }: ImageContents): string[][] {
  return largest
    .slice(0, SHOWN_ENTRIES)
    .map(({ path, size, storedBytes }) => [
      formatBytes(storedBytes),
      formatBytes(size),
      displayText(path),
    ]);
}

function duplicateRows({ duplicates }: ImageContents): string[][] {
  return duplicates
    .slice(0, SHOWN_ENTRIES)
    .map(({ size, count, copiesStored, wastedBytes, paths }) => [
      formatBytes(size),
      `${count} copies`,
      copiesStored === 1 ? "once" : `${copiesStored} times (${formatBytes(wastedBytes)} too much)`,
      paths.slice(0, 2).map(displayText).join(", "),
    ]);
}

function leftoverRows({ leftovers }: ImageContents): string[][] {
  return leftovers
    .slice(0, SHOWN_ENTRIES)
    .map(({ kind, files, size, storedBytes }) => [
      formatBytes(storedBytes),
      formatBytes(size),
      `${kind} (${files} files)`,
    ]);
}
