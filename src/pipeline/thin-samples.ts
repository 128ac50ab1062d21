import type { UsageSample } from "./profile-result.ts";

/** About what a curve across a wide screen shows, for each of a few VMs. */
export const MAX_SAMPLES = 4096;

/**
 * Leaves out every other sample of each VM when there are too many, so that a run of days has a result that can be
 * read. What was used most between two samples is measured in another way.
 */
export function thinSamples(samples: UsageSample[]): UsageSample[] {
  if (samples.length <= MAX_SAMPLES) return samples;
  const isKept = new Map<number, boolean>();
  return samples.filter(({ vm }) => {
    const keep = !isKept.get(vm);
    isKept.set(vm, keep);
    return keep;
  });
}
