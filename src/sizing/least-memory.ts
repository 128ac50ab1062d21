import type { MemoryTrial } from "./size-result.ts";

export interface MemorySearch {
  /** Not enough, as far as is known: it is not tried. MiB. */
  readonly floorMib: number;
  /** Known to be enough, MiB. */
  readonly enoughMib: number;
  /** How many trials may run at a time. */
  readonly parallel: number;
  /** The most trials of the search. */
  readonly maxTrials: number;
  /** The search ends when the least is known up to so many MiB; 1 for the exact number. */
  readonly toleranceMib: number;
  /** What is tried first, as a guess of what is just enough; between the two above. */
  readonly firstMib?: number | undefined;
  readonly attempt: (memoryMib: number) => Promise<MemoryTrial>;
}

export interface FoundMemory {
  readonly leastMib: number;
  /** By how much it may be too large. */
  readonly uncertaintyMib: number;
  /** Why the largest amount that was tried and not enough was not; null when none was tried. */
  readonly reason: string | null;
}

/**
 * Finds the least memory that is enough by dividing the range that is in question into as many parts as trials may
 * run at a time, again and again.
 *
 * @throws what `attempt` throws
 */
export async function findLeastMemory(search: MemorySearch): Promise<FoundMemory> {
  const { parallel, toleranceMib, attempt } = search;
  let tooLittle = search.floorMib;
  let enough = search.enoughMib;
  let reason: string | null = null;
  let left = search.maxTrials;
  let guess = search.firstMib;
  while (enough - tooLittle > toleranceMib && left > 0) {
    const amounts = pointsBetween(tooLittle, enough, Math.min(parallel, left), guess);
    guess = undefined;
    left -= amounts.length;
    const trials = await Promise.all(amounts.map(attempt));
    const passed = trials.filter(({ ok }) => ok).map(({ memoryMib }) => memoryMib);
    enough = Math.min(enough, ...passed);
    for (const trial of trials) {
      // What fails with more than was enough has failed for another reason.
      if (trial.ok || trial.memoryMib <= tooLittle || trial.memoryMib >= enough) continue;
      tooLittle = trial.memoryMib;
      reason = trial.reason;
    }
  }
  return { leastMib: enough, uncertaintyMib: enough - tooLittle - 1, reason };
}

/** Whole numbers between two others that divide what is between them into equal parts. */
function pointsBetween(low: number, high: number, count: number, guess?: number): number[] {
  const points = new Set<number>();
  if (guess !== undefined && guess > low && guess < high) points.add(guess);
  for (let index = 1; points.size < count && index <= count; index++) {
    const point = low + Math.round(((high - low) * index) / (count + 1));
    if (point > low && point < high) points.add(point);
  }
  return [...points].sort((left, right) => left - right);
}
