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
  const time = new Date().toISOString().replaceAll(/[-:]/g, "").slice(0, 19);
  const name = `${time}-${randomBytes(4).toString("hex")}.log`;
  const copy = join(directory, name);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await copyFile(consoleFile, copy);
    // Another run may have failed in the same millisecond: that does not make this one old.
    const others = (await readdir(directory)).filter((other) => other !== name).sort();
    const outdated = others.slice(0, Math.max(0, others.length + 1 - MAX_KEPT));
    for (const other of outdated) await rm(join(directory, other), { force: true });
    return copy;
  } catch {
    await rm(copy, { force: true }).catch(() => {});
    return undefined;
  }
}
