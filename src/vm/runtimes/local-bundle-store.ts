import { randomBytes } from "node:crypto";
import { access, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { cacheDirectory } from "../../system/cache-directory.ts";
import { makeDirectories } from "../../system/make-directories.ts";
import type { BundleKey, BundleStore } from "./bundle-store.ts";

/** What rename(2) answers when a directory that is not empty has the name. */
const TAKEN = ["ENOTEMPTY", "EEXIST"];

/**
 * Bundles below a directory of the cache. They appear there whole, by rename, so any number of processes may
 * use it at once.
 */
export class LocalBundleStore implements BundleStore {
  readonly #directory: string;

  constructor(directory: string = join(cacheDirectory(), "runtimes")) {
    this.#directory = directory;
  }

  async find(key: BundleKey): Promise<string | undefined> {
    const path = this.#pathOf(key);
    return access(path).then(
      () => path,
      () => undefined,
    );
  }

  async workDirectory(): Promise<string> {
    const path = join(this.#directory, "unfinished");
    await makeDirectories(path);
    return path;
  }

  async save(
    key: BundleKey,
    directory: string,
    isGood: (directory: string) => Promise<boolean>,
  ): Promise<string> {
    const path = this.#pathOf(key);
    await makeDirectories(dirname(path));
    while (!(await renameUnlessTaken(directory, path))) {
      if (await isGood(path)) return path;
      await this.#discard(path);
    }
    return path;
  }

  #pathOf({ version, source }: BundleKey): string {
    return join(this.#directory, "ya-runtime-vm", `${version}-${source}`);
  }

  /** By rename first, so that nobody finds half a bundle. */
  async #discard(path: string): Promise<void> {
    const unique = randomBytes(8).toString("hex");
    const discarded = join(await this.workDirectory(), `discarded-${unique}`);
    await rename(path, discarded).catch((error) => {
      // Another process has discarded it.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    });
    await rm(discarded, { recursive: true, force: true });
  }
}

async function renameUnlessTaken(from: string, to: string): Promise<boolean> {
  try {
    await rename(from, to);
    return true;
  } catch (error) {
    if (TAKEN.includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}
