import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import {
  copyFile,
  link,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { makeDirectories } from "../system/make-directories.ts";
import type { CacheEntry, CacheStore, FinishedConversion, FoundEntry } from "./cache-store.ts";
import type { ConversionKey } from "./conversion-key.ts";

/** Bytes of all entries together, when nothing else is said. */
export const DEFAULT_CACHE_LIMIT = 10 * 1024 ** 3;

/** An index of a 100 GiB image has this size; a larger file is not one of ours. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024;

/** Directories of unfinished entries that are older than this belong to processes that were killed. */
const STALE_MS = 24 * 60 * 60 * 1000;

const GVMI = "image.gvmi";
const INDEX = "blocks";
const DESCRIPTION = "entry.json";
const UNFINISHED = "unfinished-";

const Description = v.object({
  hash: v.pipe(v.string(), v.regex(/^[0-9a-f]{56}$/)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  size: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
  diffIds: v.array(v.string()),
});
type Description = v.InferOutput<typeof Description>;

/**
 * Conversions in a directory: `<options>/<content>/` with the .gvmi, its block index and a description.
 *
 * Entries appear and disappear as whole directories, by rename, so that any number of processes can use the
 * same cache at once. The least recently used are removed when all together exceed the limit.
 */
export class LocalStore implements CacheStore {
  constructor(
    private readonly directory: string,
    private readonly limit: number = DEFAULT_CACHE_LIMIT,
  ) {}

  async find(key: ConversionKey, diffIds: readonly string[]): Promise<FoundEntry | undefined> {
    const same = await this.open(this.pathOf(key));
    if (same) return { kind: "hit", entry: same };
    for (const path of await this.nearest(key, diffIds)) {
      const near = await this.open(path);
      if (near) return { kind: "near", entry: near };
    }
    return undefined;
  }

  async save(key: ConversionKey, conversion: FinishedConversion): Promise<void> {
    const { hashes, diffIds } = conversion;
    if (hashes.size > this.limit) return;
    const unfinished = join(this.directory, `${UNFINISHED}${randomBytes(8).toString("hex")}`);
    try {
      await makeDirectories(unfinished);
      await linkOrCopy(conversion.path, join(unfinished, GVMI));
      await writeFile(join(unfinished, INDEX), conversion.blockIndex);
      const description: Description = { ...hashes, diffIds: [...diffIds] };
      await writeFile(join(unfinished, DESCRIPTION), JSON.stringify(description));
      await makeDirectories(join(this.directory, key.options));
      // Fails when another process has saved the same conversion, which is just as good.
      await rename(unfinished, this.pathOf(key)).catch(() => {});
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
    await this.removeLeastRecentlyUsed();
  }

  private async open(path: string): Promise<CacheEntry | undefined> {
    const parts = await openParts(path);
    if (!parts) return undefined;
    const close = () => parts.gvmi.close();
    const discard = async () => {
      await close();
      await this.discard(path);
    };
    return { ...parts, close, discard };
  }

  private pathOf({ options, content }: ConversionKey): string {
    return join(this.directory, options, content);
  }

  /** Entries of other images with the same options: most common layers first, then most recently used. */
  private async nearest(key: ConversionKey, diffIds: readonly string[]): Promise<string[]> {
    const candidates: { path: string; common: number; used: number }[] = [];
    for (const path of await directoriesIn(join(this.directory, key.options))) {
      const description = await readDescription(path);
      const status = await stat(path).catch(() => undefined);
      if (!description || !status) continue;
      const common = description.diffIds.filter((diffId) => diffIds.includes(diffId)).length;
      candidates.push({ path, common, used: status.mtimeMs });
    }
    return candidates
      .sort((a, b) => b.common - a.common || b.used - a.used)
      .map(({ path }) => path);
  }

  private async removeLeastRecentlyUsed(): Promise<void> {
    const entries: { path: string; size: number; used: number }[] = [];
    for (const options of await directoriesIn(this.directory)) {
      if (options.includes(UNFINISHED)) {
        await removeIfStale(options);
        continue;
      }
      for (const path of await directoriesIn(options)) {
        const files = [GVMI, INDEX].map((name) => stat(join(path, name)).catch(() => undefined));
        const size = (await Promise.all(files)).reduce((sum, file) => sum + (file?.size ?? 0), 0);
        const status = await stat(path).catch(() => undefined);
        entries.push({ path, size, used: status?.mtimeMs ?? 0 });
      }
    }
    let total = entries.reduce((sum, { size }) => sum + size, 0);
    for (const { path, size } of entries.sort((a, b) => a.used - b.used)) {
      if (total <= this.limit) return;
      await this.discard(path);
      total -= size;
    }
  }

  /** By rename first, so that nobody finds half an entry. */
  private async discard(path: string): Promise<void> {
    const unfinished = join(this.directory, `${UNFINISHED}${randomBytes(8).toString("hex")}`);
    await rename(path, unfinished).catch(() => {});
    await rm(unfinished, { recursive: true, force: true });
  }
}

/**
 * A second name costs neither time nor space. Should somebody write into the .gvmi under its first one, the
 * entry is found to be damaged, as any other: every file is verified before it is used.
 */
async function linkOrCopy(path: string, destination: string): Promise<void> {
  try {
    await link(path, destination);
  } catch {
    const flags = constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL;
    await copyFile(path, destination, flags);
  }
}

async function openParts(path: string): Promise<Omit<CacheEntry, "close" | "discard"> | undefined> {
  const description = await readDescription(path);
  if (!description) return undefined;
  const index = await stat(join(path, INDEX)).catch(() => undefined);
  if (!index?.isFile() || index.size > MAX_INDEX_BYTES) return undefined;
  const blockIndex = await readFile(join(path, INDEX)).catch(() => undefined);
  const gvmi = await open(join(path, GVMI), "r").catch(() => undefined);
  if (!blockIndex || !gvmi) {
    await gvmi?.close();
    return undefined;
  }
  const now = new Date();
  await utimes(path, now, now).catch(() => {});
  const { diffIds, ...hashes } = description;
  return { gvmi, blockIndex, hashes };
}

async function readDescription(path: string): Promise<Description | undefined> {
  try {
    return v.parse(Description, JSON.parse(await readFile(join(path, DESCRIPTION), "utf8")));
  } catch {
    // Missing or damaged: not an entry.
    return undefined;
  }
}

async function directoriesIn(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(path, name));
}

async function removeIfStale(path: string): Promise<void> {
  const status = await stat(path).catch(() => undefined);
  if (status && Date.now() - status.mtimeMs < STALE_MS) return;
  await rm(path, { recursive: true, force: true });
}
