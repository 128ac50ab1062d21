import { rm } from "node:fs/promises";
import { makeDirectories } from "../system/make-directories.ts";
import type { CacheStore, FinishedConversion, FoundEntry } from "./cache-store.ts";
import type { ConversionKey } from "./conversion-key.ts";
import { LocalStore } from "./local-store.ts";
import { withPlainRunnerPaths } from "./plain-runner-paths.ts";

/**
 * GitHub's cache service, which a workflow's jobs share. An entry is the directory of a LocalStore that holds
 * one conversion; it is restored whole, so that a near entry can give its blocks.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/dependency-caching
 */
export class GithubStore implements CacheStore {
  private readonly local: LocalStore;

  /**
   * @param directory the same in every job: the service finds an entry only under the path it was saved from
   */
  constructor(private readonly directory: string) {
    this.local = new LocalStore(directory, Number.POSITIVE_INFINITY);
  }

  async find(key: ConversionKey, diffIds: readonly string[]): Promise<FoundEntry | undefined> {
    const { isFeatureAvailable, restoreCache } = await actionsCache();
    if (!isFeatureAvailable()) return undefined;
    await this.empty();
    try {
      const restored = await withPlainRunnerPaths(() =>
        restoreCache([this.directory], nameOf(key), [prefixOf(key)]),
      );
      return restored === undefined ? undefined : await this.local.find(key, diffIds);
    } catch {
      // The service, or what it gave, cannot be used: the conversion goes on without.
      return undefined;
    }
  }

  async save(key: ConversionKey, conversion: FinishedConversion): Promise<void> {
    const { isFeatureAvailable, saveCache } = await actionsCache();
    if (!isFeatureAvailable()) return;
    await this.empty();
    await this.local.save(key, conversion);
    await withPlainRunnerPaths(() => saveCache([this.directory], nameOf(key)));
  }

  private async empty(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
    await makeDirectories(this.directory);
  }
}

/** Loaded when it is needed: only the action needs it, and it is large. */
const actionsCache = () => import("@actions/cache");

function nameOf(key: ConversionKey): string {
  return `${prefixOf(key)}${key.content}`;
}

function prefixOf({ options }: ConversionKey): string {
  return `golem-image-${options}-`;
}
