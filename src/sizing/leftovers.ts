import { LEFTOVER_KINDS } from "../lint/rules/leftovers.ts";
import type { StoredFile } from "./stored-files.ts";

/** Files of one kind that are rarely needed at run time. */
export interface Leftover {
  /** Such as "apt's package lists". */
  readonly kind: string;
  readonly files: number;
  readonly size: number;
  readonly storedBytes: number;
}

/** What need not ship: caches, documentation and build tools, the largest first. */
export function findLeftovers(files: readonly StoredFile[]): Leftover[] {
  const found = new Map<string, { files: number; size: number; storedBytes: number }>();
  for (const { path, size, storedBytes } of files) {
    const kind = LEFTOVER_KINDS.find(({ pattern }) => pattern.test(path));
    if (!kind || size === 0) continue;
    const sum = found.get(kind.name) ?? { files: 0, size: 0, storedBytes: 0 };
    sum.files += 1;
    sum.size += size;
    sum.storedBytes += storedBytes;
    found.set(kind.name, sum);
  }
  return [...found]
    .map(([kind, sum]) => ({ kind, ...sum, storedBytes: Math.round(sum.storedBytes) }))
    .sort((left, right) => right.storedBytes - left.storedBytes);
}
