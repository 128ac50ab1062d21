import { createHash } from "node:crypto";
import { lstat, readdir, readFile, rename, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface FileSize {
  /** Relative to the tree, as latin1. */
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** The part of the bytes of all files that changes. */
export const CHANGED_SHARE = 0.01;
/** Enough is changed when it is this part of what was wanted. */
const CLOSE_ENOUGH = 0.99;

/** What is put before the content of each changed file: all that follows moves, and every block differs. */
export const INSERTED = Buffer.from(
  "# This line was inserted by the benchmark, so all bytes move. #\n",
);

/**
 * Chooses the files that change, as evenly as a hash is: in the order of the SHA-256 of their paths, each
 * that still fits into `share` of all bytes, until 99 % of that are reached.
 */
export function chooseChangedFiles(
  files: readonly FileSize[],
  share: number = CHANGED_SHARE,
): FileSize[] {
  const wanted = share * sum(files);
  const chosen: FileSize[] = [];
  let left = wanted;
  for (const file of [...files].sort(byHashOfPath())) {
    if (left < (1 - CLOSE_ENOUGH) * wanted) break;
    if (file.size === 0 || file.size > left) continue;
    chosen.push(file);
    left -= file.size;
  }
  return chosen;
}

/**
 * Changes the chosen files of a tree whose files may be hard links into another one, which stays as it is.
 * Owners and modes of the files are kept.
 *
 * @returns the paths of what was changed
 */
export async function changeTree(tree: string): Promise<string[]> {
  const changed = chooseChangedFiles(await filesIn(tree)).map(({ path }) => path);
  for (const name of changed) {
    const path = Buffer.from(join(tree, name), "latin1");
    const { mode, mtime } = await lstat(path);
    const replacement = Buffer.concat([path, Buffer.from(".changed")]);
    await writeFile(replacement, Buffer.concat([INSERTED, await readFile(path)]), { mode });
    await utimes(replacement, mtime, mtime);
    await rename(replacement, path);
  }
  return changed;
}

/** The regular files of a tree; of several names of one file the one that sorts first. */
async function filesIn(tree: string): Promise<FileSize[]> {
  const files = new Map<number, FileSize>();
  const pending = [""];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    const entries = await readdir(Buffer.from(join(tree, directory), "latin1"), {
      withFileTypes: true,
      encoding: "latin1",
    });
    for (const entry of entries) {
      const path = join(directory, entry.name);
      if (entry.isDirectory()) pending.push(path);
      if (!entry.isFile()) continue;
      const { ino, size } = await lstat(Buffer.from(join(tree, path), "latin1"));
      const known = files.get(ino);
      if (!known || path < known.path) files.set(ino, { path, size });
    }
  }
  return [...files.values()];
}

function byHashOfPath(): (a: FileSize, b: FileSize) => number {
  const hashes = new Map<string, string>();
  const hashOf = ({ path }: FileSize) => {
    const hash = hashes.get(path) ?? createHash("sha256").update(path, "latin1").digest("hex");
    hashes.set(path, hash);
    return hash;
  };
  return (a, b) => (hashOf(a) < hashOf(b) ? -1 : 1);
}

function sum(files: readonly FileSize[]): number {
  return files.reduce((total, { size }) => total + size, 0);
}
