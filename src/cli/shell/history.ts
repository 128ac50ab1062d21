import { chmod, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../../system/cache-directory.ts";
import { makeDirectories } from "../../system/make-directories.ts";
import { replaceFile } from "../../system/replace-file.ts";

/** Only lines that are read back as they were. */
const ONE_LINE = /^[^\r\n]+$/;

function historyFile(): string {
  return join(cacheDirectory(), "shell-history");
}

/** The lines of earlier sessions, newest first; none when they cannot be read. */
export async function readHistory(): Promise<string[]> {
  const text = await readFile(historyFile(), "utf8").catch(() => "");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .reverse();
}

/** Keeps lines for later sessions, readable by this user alone. A cache that cannot be written keeps none. */
export async function writeHistory(newestFirst: readonly string[]): Promise<void> {
  const lines = newestFirst.filter((line) => ONE_LINE.test(line)).reverse();
  const path = historyFile();
  try {
    await makeDirectories(dirname(path));
    await replaceFile(path, async (partialPath) => {
      // Before there is anything in it: people type secrets.
      await chmod(partialPath, 0o600);
      await writeFile(partialPath, lines.map((line) => `${line}\n`).join(""));
    });
  } catch {
    // A session that went well does not fail for its history.
  }
}
