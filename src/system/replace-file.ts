import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { copyFile, type FileHandle, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { runCommand } from "./run-command.ts";
import { removeAtExit } from "./temporary.ts";

/** `__O_TMPFILE | O_DIRECTORY` of Linux, which Node does not name (open(2)). */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

/** What open(2) answers where a file system or kernel has no O_TMPFILE. */
const UNSUPPORTED = ["EOPNOTSUPP", "ENOTSUP", "EISDIR", "EINVAL"];

/**
 * Lets `write` fill a new, empty file and then puts it at `path`: a reader sees the old file or the new
 * one, never a part. On failure the old file stays.
 *
 * Where the file system can, the new file has no name until it is whole, so that not even a process that
 * is killed leaves a part behind.
 *
 * @param write gets a path under which the file can be opened for writing
 * @returns what `write` returned
 */
export async function replaceFile<T>(
  path: string,
  write: (partialPath: string) => Promise<T>,
): Promise<T> {
  const unnamed = await openUnnamed(dirname(path));
  return unnamed ? replaceByLink(path, unnamed, write) : replaceByRename(path, write);
}

async function openUnnamed(directory: string): Promise<FileHandle | undefined> {
  if (process.platform !== "linux") return undefined;
  try {
    return await open(directory, O_TMPFILE | constants.O_RDWR, 0o666);
  } catch (error) {
    if (UNSUPPORTED.includes((error as NodeJS.ErrnoException).code ?? "")) return undefined;
    throw error;
  }
}

async function replaceByLink<T>(
  path: string,
  unnamed: FileHandle,
  write: (partialPath: string) => Promise<T>,
): Promise<T> {
  try {
    const partialPath = `/proc/${process.pid}/fd/${unnamed.fd}`;
    const result = await write(partialPath);
    await unnamed.sync();
    if (!(await giveName(partialPath, path))) {
      await replaceByRename(path, (copy) => copyFile(partialPath, copy));
    }
    return result;
  } finally {
    await unnamed.close();
  }
}

/**
 * Node has no linkat(2), which alone gives such a file a name; coreutils' ln has.
 *
 * @returns false when that does not work here
 */
async function giveName(partialPath: string, path: string): Promise<boolean> {
  const args = ["--logical", "--force", "--no-target-directory", "--", partialPath, path];
  const link = await runCommand({ program: "ln", args }).catch(() => undefined);
  return link?.exitCode === 0;
}

async function replaceByRename<T>(
  path: string,
  write: (partialPath: string) => Promise<T>,
): Promise<T> {
  const unique = randomBytes(6).toString("hex");
  const partialPath = join(dirname(path), `.${basename(path)}.${unique}.partial`);
  const handle = await open(partialPath, "wx", 0o666);
  const forget = removeAtExit(partialPath);
  try {
    const result = await write(partialPath);
    await handle.sync();
    await rename(partialPath, path);
    return result;
  } finally {
    await handle.close();
    await rm(partialPath, { force: true });
    forget();
  }
}
