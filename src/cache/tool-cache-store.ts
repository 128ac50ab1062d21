import { join } from "node:path";
import { makeDirectories } from "../system/make-directories.ts";
import type { BundleKey, BundleStore } from "../vm/runtimes/bundle-store.ts";

const TOOL = "ya-runtime-vm";

const SEMANTIC_VERSION = /^v?((?:0|[1-9]\d{0,8})(?:\.(?:0|[1-9]\d{0,8})){2})$/;

/** A tag that is no version is told apart by its source alone. */
const NO_VERSION = "0.0.0";

/**
 * Bundles in the tool cache of a GitHub runner, where self-hosted runners keep them between jobs and images of
 * runners may bring them along. For the action only.
 *
 * @see https://github.com/actions/toolkit/tree/main/packages/tool-cache
 */
export class ToolCacheStore implements BundleStore {
  /** @param temporaryDirectory `RUNNER_TEMP`, for bundles until they are kept */
  constructor(private readonly temporaryDirectory: string) {}

  async find(key: BundleKey): Promise<string | undefined> {
    const { find } = await toolCache();
    const path = find(TOOL, versionOf(key), architectureOf(key));
    return path === "" ? undefined : path;
  }

  async workDirectory(): Promise<string> {
    const path = join(this.temporaryDirectory, "golem-image-runtimes");
    await makeDirectories(path);
    return path;
  }

  async save(
    key: BundleKey,
    directory: string,
    isGood: (directory: string) => Promise<boolean>,
  ): Promise<string> {
    // The tool cache empties an entry before it fills it: what another job uses must stay.
    const present = await this.find(key);
    if (present !== undefined && (await isGood(present))) return present;
    const { cacheDir } = await toolCache();
    return cacheDir(directory, TOOL, versionOf(key), architectureOf(key));
  }
}

/** Loaded when it is needed: only the action needs it. */
const toolCache = () => import("@actions/tool-cache");

/** The tool cache takes nothing but semantic versions. */
function versionOf({ version }: BundleKey): string {
  return SEMANTIC_VERSION.exec(version)?.[1] ?? NO_VERSION;
}

/** One version may come from several places. */
function architectureOf({ source, version }: BundleKey): string {
  return versionOf({ source, version }) === NO_VERSION
    ? `x64-${version}-${source}`
    : `x64-${source}`;
}
