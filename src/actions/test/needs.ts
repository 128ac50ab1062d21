import type { TestImageResult } from "../../pipeline/profile-result.ts";
import { DEFAULT_MARGIN } from "../../pipeline/size-input.ts";
import { requirementsFor } from "../../sizing/requirements.ts";

/** What a demand should ask for, in GiB. */
export interface NeededRoom {
  readonly memoryGib: number;
  readonly storageGib: number;
  /** Whether the least memory was searched for; else it is what the tests took, with a margin. */
  readonly isExact: boolean;
}

const MEBIBYTE = 1024 ** 2;

/**
 * What the tests took at most, under the profile that took the most, with a margin. The memory that the guest's
 * kernel keeps for itself is added: nobody sees it from inside.
 *
 * @returns undefined when nothing was measured
 */
export function roomThatTestsTook({ profiles }: TestImageResult): NeededRoom | undefined {
  let memoryMib = 0;
  let storageBytes = 0;
  for (const { measurements, limits } of profiles) {
    const memory = measurements?.memory;
    if (!measurements || !memory) continue;
    const kernelBytes = Math.max(0, limits.memoryMib * MEBIBYTE - memory.sizeBytes);
    const used = (memory.peakBytes ?? memory.usedBytes) + kernelBytes;
    memoryMib = Math.max(memoryMib, used / MEBIBYTE);
    const stored = measurements.volumes.reduce((sum, { bytes }) => sum + bytes, 0);
    storageBytes = Math.max(storageBytes, stored);
  }
  if (memoryMib === 0) return undefined;
  const needs = requirementsFor({ memoryMib, storageBytes, threads: 1 }, DEFAULT_MARGIN);
  return { memoryGib: needs.minMemGib, storageGib: needs.minStorageGib, isExact: false };
}
