import { statfs } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { allEnded } from "../../system/all-ended.ts";
import type { Volume } from "../volume-files.ts";
import { directoryBytes } from "./directory-bytes.ts";
import { enforceLimit } from "./storage-limit.ts";

/**
 * What becomes of a limit: `enforced`, a write beyond it fails in the guest with ENOSPC;
 * `checked-afterwards`, the guest can write beyond it, which is found out and fails the run; `none`.
 */
export type Enforcement = "enforced" | "checked-afterwards" | "none";

export interface StorageReport {
  /** MiB for each volume; null without a limit. */
  readonly limitMib: number | null;
  readonly enforcement: Enforcement;
  /** Why or how, as a clause. */
  readonly reason: string;
}

export interface VolumeUsage {
  /** The volume's path in the guest. */
  readonly path: string;
  readonly bytes: number;
  /** Whether it held more than its limit now, or at any time when it was looked at. */
  readonly isOverLimit: boolean;
}

/** The volumes of a VM and what they hold. */
export interface VolumeStorage {
  readonly volumes: readonly Volume[];
  readonly report: StorageReport;
  /** Looks at each volume, in their order. */
  usage(signal?: AbortSignal): Promise<VolumeUsage[]>;
}

export interface StorageOptions {
  /** For each volume. */
  readonly limitMib?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MIB = 1024 * 1024;

/** Between looks at volumes that can grow beyond their limit. */
const LOOK_INTERVAL_MS = 500;

/**
 * Runs `body` with volumes that are held to a limit, or, where this machine cannot do that, watched.
 *
 * @param volumes their directories are empty
 */
export async function withVolumeStorage<T>(
  volumes: readonly Volume[],
  { limitMib, signal }: StorageOptions,
  body: (storage: VolumeStorage) => Promise<T>,
): Promise<T> {
  if (limitMib === undefined || volumes.length === 0) {
    const reason = limitMib === undefined ? "no limit is set" : "the image has no volumes";
    return body({
      volumes,
      report: { limitMib: limitMib ?? null, enforcement: "none", reason },
      usage: (usageSignal) => measureAll(volumes, directoryUse, undefined, usageSignal),
    });
  }
  const limit = await enforceLimit(volumes, limitMib, signal);
  if ("volumes" in limit) {
    try {
      return await body({
        volumes: limit.volumes,
        report: { limitMib, enforcement: "enforced", reason: limit.reason },
        usage: (usageSignal) => measureAll(limit.volumes, fileSystemUse, undefined, usageSignal),
      });
    } finally {
      await limit.release();
    }
  }
  return watched(volumes, { limitMib, reason: limit.reason }, body);
}

async function watched<T>(
  volumes: readonly Volume[],
  { limitMib, reason }: { limitMib: number; reason: string },
  body: (storage: VolumeStorage) => Promise<T>,
): Promise<T> {
  const excesses = new Set<string>();
  const usage = async (signal?: AbortSignal) => {
    const found = await measureAll(volumes, directoryUse, limitMib * MIB, signal);
    for (const { path, isOverLimit } of found) if (isOverLimit) excesses.add(path);
    return found.map((volume) => ({ ...volume, isOverLimit: excesses.has(volume.path) }));
  };
  const over = new AbortController();
  const watching = lookRepeatedly(usage, over.signal);
  try {
    return await body({
      volumes,
      report: { limitMib, enforcement: "checked-afterwards", reason },
      usage,
    });
  } finally {
    over.abort();
    await watching;
  }
}

async function lookRepeatedly(
  look: (signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await delay(LOOK_INTERVAL_MS, undefined, { signal }).catch(() => {});
    // The last look, which the result is made of, reports what this one may have met.
    await look(signal).catch(() => {});
  }
}

type Use = (directory: string, signal?: AbortSignal) => Promise<number>;

const directoryUse: Use = directoryBytes;

const fileSystemUse: Use = async (directory) => {
  const { bsize, blocks, bfree } = await statfs(directory);
  return bsize * (blocks - bfree);
};

function measureAll(
  volumes: readonly Volume[],
  use: Use,
  limitBytes: number | undefined,
  signal: AbortSignal | undefined,
): Promise<VolumeUsage[]> {
  return allEnded(
    volumes.map(async ({ guestPath, hostDirectory }) => {
      const bytes = await use(hostDirectory, signal);
      return {
        path: guestPath,
        bytes,
        isOverLimit: limitBytes !== undefined && bytes > limitBytes,
      };
    }),
  );
}
