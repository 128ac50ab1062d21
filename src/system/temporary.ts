import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atExit } from "./at-exit.ts";
import { removeTree, removeTreeSync } from "./remove-tree.ts";

/** What the names of all temporary directories begin with: short, since a Unix socket's path holds 107 bytes (unix(7)). */
export const TEMPORARY_PREFIX = "gi-";

/** Removes `path` when the process exits, unless the returned function has been called before. */
export function removeAtExit(path: string): () => void {
  return atExit(() => removeTreeSync(path));
}

/** Runs `body` with a new private directory (mode 0700) and removes it afterwards, whatever happens. */
export async function withTemporaryDirectory<T>(
  body: (directory: string) => Promise<T>,
  parent: string = tmpdir(),
): Promise<T> {
  const directory = await mkdtemp(join(parent, TEMPORARY_PREFIX));
  const forget = removeAtExit(directory);
  try {
    return await body(directory);
  } finally {
    await removeTree(directory);
    forget();
  }
}
