import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory } from "../system/cache-directory.ts";

/** So many consoles of failed runs are kept. */
const MAX_KEPT = 10;

/**
 * Keeps the console of a run that failed, whose directory is about to vanish, in the cache, and removes the
 * oldest that were kept so.
 *
 * @returns the copy's path; undefined when it cannot be kept, which must not hide the failure itself
 */
export async function keepConsole(consoleFile: string): Promise<string | undefined> {
  const directory = join(cacheDirectory(), "consoles");
  const time = new Date().toISOString().replaceAll(/[-:]/g, "").slice(0, 15);
  const copy = join(directory, `${time}-${randomBytes(4).toString("hex")}.log`);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await copyFile(consoleFile, copy);
    const names = (await readdir(directory)).sort();
    const outdated = names.slice(0, Math.max(0, names.length - MAX_KEPT));
    for (const name of outdated) await rm(join(directory, name), { force: true });
    return copy;
  } catch {
    await rm(copy, { force: true }).catch(() => {});
    return undefined;
  }
}
