import { createHash } from "node:crypto";
import type { SquashfsReader } from "../squashfs/squashfs-reader.ts";
import { type StoredFile, shownPath } from "./stored-files.ts";

/** Files with equal contents. */
export interface DuplicateGroup {
  /** Of each, uncompressed. */
  readonly size: number;
  /** How often the content is stored: 1 when the copies cost nothing in the .gvmi, as they do in layers. */
  readonly copiesStored: number;
  /** Compressed bytes that one copy would save of the image; 0 when it is stored once. */
  readonly wastedBytes: number;
  /** Absolute; the first few. */
  readonly paths: readonly string[];
  readonly count: number;
}

/** Smaller files are not worth a word. */
const LEAST_SIZE = 4096;
const MAX_READ_BYTES = 512 * 1024 * 1024;
const MAX_GROUPS = 20;
const MAX_PATHS = 10;

/**
 * Files with equal contents. Those that the image stores once are known by their place; others of one size and one
 * compressed size are compared by a hash, up to a limit of bytes.
 *
 * @returns the group first in which the most bytes are, uncompressed
 * @throws {GvmiFormatError} when the image is damaged
 */
export async function findDuplicates(
  reader: SquashfsReader,
  files: readonly StoredFile[],
  signal?: AbortSignal,
): Promise<DuplicateGroup[]> {
  const bySize = groupBy(
    files.filter(({ size }) => size >= LEAST_SIZE),
    ({ size }) => size,
  );
  const groups: StoredFile[][] = [];
  let left = MAX_READ_BYTES;
  for (const candidates of bySize) {
    if (candidates.length < 2) continue;
    const byPlace = groupBy(candidates, ({ place }) => place);
    if (byPlace.length === 1) {
      groups.push(candidates);
      continue;
    }
    const digests = new Map<string, string>();
    for (const [first] of byPlace) {
      if (!first) continue;
      left -= first.size;
      digests.set(first.place, left < 0 ? first.place : await digest(reader, first, signal));
    }
    groups.push(...groupBy(candidates, ({ place }) => digests.get(place) ?? place));
  }
  return groups
    .filter((group) => group.length > 1)
    .map(describe)
    .sort((left, right) => weight(right) - weight(left))
    .slice(0, MAX_GROUPS);
}

function weight({ size, count }: DuplicateGroup): number {
  return size * (count - 1);
}

function describe(group: readonly StoredFile[]): DuplicateGroup {
  const places = groupBy(group, ({ place }) => place);
  const stored = group.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  return {
    size: group[0]?.size ?? 0,
    copiesStored: places.length,
    wastedBytes: Math.round(stored * (1 - 1 / places.length)),
    paths: group.slice(0, MAX_PATHS).map(({ path }) => shownPath(path)),
    count: group.length,
  };
}

async function digest(
  reader: SquashfsReader,
  { path }: StoredFile,
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash("sha256");
  const entry = await reader.find(path);
  for await (const chunk of entry?.content ?? []) {
    signal?.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest("hex");
}

function groupBy<T>(items: readonly T[], key: (item: T) => string | number): T[][] {
  const groups = new Map<string | number, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return [...groups.values()];
}
