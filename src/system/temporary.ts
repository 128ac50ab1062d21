import { rmSync } from "node:fs";
import { mkdtemp, open, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";

/** What must vanish even when the process ends without unwinding (process.exit, a second Ctrl-C). */
const leftovers = new Set<string>();

process.once("exit", () => {
  for (const path of leftovers) rmSync(path, { recursive: true, force: true });
});

/**
 * Runs `body` with a new private directory (mode 0700) and removes it afterwards, whatever happens.
 *
 * The name is short on purpose: a Unix socket path holds 107 bytes at most (unix(7)).
 */
export async function withTemporaryDirectory<T>(
  body: (directory: string) => Promise<T>,
  parent: string = tmpdir(),
): Promise<T> {
  const directory = await mkdtemp(join(parent, "gi-"));
  leftovers.add(directory);
  try {
    return await body(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
    leftovers.delete(directory);
  }
}

/**
 * Lets `write` fill a file beside `path`, then renames it over `path`: a reader sees the old file or
 * the new one, never a part. On failure the old file stays and the partial one is removed.
 *
 * @returns what `write` returned
 */
export async function replaceFile<T>(
  path: string,
  write: (partialPath: string) => Promise<T>,
): Promise<T> {
  const partialPath = join(
    dirname(path),
    `.${basename(path)}.${process.pid}-${Math.random().toString(36).slice(2, 8)}.partial`,
  );
  leftovers.add(partialPath);
  try {
    const result = await write(partialPath);
    const handle = await open(partialPath, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(partialPath, path);
    return result;
  } finally {
    await rm(partialPath, { force: true });
    leftovers.delete(partialPath);
  }
}
