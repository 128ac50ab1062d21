import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";

/**
 * Makes a directory with its parents, as `mkdir` with `recursive` does; but that one never returns where a
 * file system has a directory and refuses to make another in it with ENOENT, as /proc does (Node 20).
 *
 * @throws an error of the file system
 */
export async function makeDirectories(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const parent = dirname(path);
    if (code === "EEXIST") {
      if ((await stat(path)).isDirectory()) return;
      throw error;
    }
    if (code !== "ENOENT" || parent === path) throw error;
    await makeDirectories(parent);
    // Once, and not from the start: this may be a place where no directory can be made.
    await mkdir(path).catch(ignoreExisting);
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
