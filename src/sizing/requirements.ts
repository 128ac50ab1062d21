import type { Requirements } from "./size-result.ts";

const MIB_PER_GIB = 1024;
const BYTES_PER_GIB = 1024 ** 3;

/** What amounts are rounded up to: less than this a requestor does not think about. */
const STEP_GIB = 0.05;

/** Less storage than this is not worth asking for, and a provider's file system wants some for itself. */
const LEAST_STORAGE_GIB = 0.1;

/**
 * What a requestor asks for, with a margin, rounded up to steps of 0.05 GiB.
 *
 * @param margin as a share, such as 0.25
 */
export function requirementsFor(
  need: { readonly memoryMib: number; readonly storageBytes: number; readonly threads: number },
  margin: number,
): Requirements {
  const storage = roundUp((need.storageBytes * (1 + margin)) / BYTES_PER_GIB);
  return {
    minMemGib: roundUp((need.memoryMib * (1 + margin)) / MIB_PER_GIB),
    minStorageGib: Math.max(LEAST_STORAGE_GIB, storage),
    minCpuThreads: need.threads,
  };
}

function roundUp(gibibytes: number): number {
  const steps = Math.ceil(gibibytes / STEP_GIB - 1e-9);
  return Number((steps * STEP_GIB).toFixed(2));
}
