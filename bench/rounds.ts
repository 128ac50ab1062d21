import { stat } from "node:fs/promises";
import { MissingToolError } from "../src/errors.ts";
import type { Contender } from "./contender.ts";
import { type Measurement, run } from "./measure.ts";

/** What was measured of a contender. */
export interface Series {
  readonly name: string;
  readonly description: string;
  /** By round. */
  readonly measurements: readonly Measurement[];
  /** Bytes of what the last run wrote. */
  readonly outputSize: number;
}

export interface RoundsOptions {
  readonly runs: number;
  readonly onStep: (step: string) => void;
  /** Called with a full sentence when a contender cannot take part. */
  readonly onMissing: (reason: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * Runs the contenders in turn, round after round, so that whatever slows the machine down for a while slows
 * all of them.
 *
 * @throws what a contender throws, apart from tools that are not installed
 */
export async function runRounds(
  contenders: readonly Contender[],
  options: RoundsOptions,
): Promise<Series[]> {
  const { runs, onStep, onMissing, signal } = options;
  const measured = new Map<Contender, Measurement[]>();
  for (const contender of contenders) measured.set(contender, []);
  for (let round = 1; round <= runs; round++) {
    for (const [contender, measurements] of measured) {
      onStep(`round ${round} of ${runs}: ${contender.description}`);
      try {
        measurements.push(await runOnce(contender, signal));
      } catch (error) {
        if (!(error instanceof MissingToolError)) throw error;
        onMissing(`${contender.name} did not run: ${error.message}`);
        measured.delete(contender);
      }
    }
  }
  return await Promise.all(
    [...measured].map(async ([{ name, description, output }, measurements]) => {
      const outputSize = (await stat(output)).size;
      return { name, description, measurements, outputSize };
    }),
  );
}

async function runOnce(contender: Contender, signal?: AbortSignal): Promise<Measurement> {
  await contender.prepare?.();
  // What earlier runs wrote is not to be written to the disk at this run's expense.
  await run({ program: "sync", args: [] }, signal);
  return await contender.run(signal);
}
