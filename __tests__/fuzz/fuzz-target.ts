import { GolemImageError } from "../../src/errors.ts";
import { Random } from "../support/random.ts";

/** Something that reads what a stranger made. */
export interface FuzzTarget {
  /** An input, which is a function of the choices alone. */
  make(random: Random): Buffer;
  /**
   * Reads it as a command would, to its end. May throw a GolemImageError: anything else is a bug.
   *
   * @param directory for files; emptied by the caller
   */
  read(input: Buffer, directory: string): Promise<void>;
}

/** What one input may cost at most. */
export const CASE_SECONDS = 10;
export const CASE_MEGABYTES = 1000;

/** A bug. The seed gives the input again. */
export class FuzzFinding extends Error {
  constructor(
    readonly seed: number,
    readonly input: Buffer,
    what: string,
    cause?: unknown,
  ) {
    super(`Seed ${seed}: ${what}`, { cause });
    this.name = "FuzzFinding";
  }
}

/** @returns whether the input was accepted @throws {FuzzFinding} */
export async function runCase(
  target: FuzzTarget,
  seed: number,
  directory: string,
): Promise<boolean> {
  const input = target.make(new Random(seed));
  const memory = process.memoryUsage.rss();
  const start = performance.now();
  let accepted = true;
  try {
    await target.read(input, directory);
  } catch (error) {
    if (!(error instanceof GolemImageError)) {
      throw new FuzzFinding(seed, input, `it threw ${String(error)}`, error);
    }
    accepted = false;
  }
  const seconds = (performance.now() - start) / 1000;
  if (seconds > CASE_SECONDS) throw new FuzzFinding(seed, input, `it took ${seconds} s`);
  const megabytes = (process.memoryUsage.rss() - memory) / 1e6;
  if (megabytes > CASE_MEGABYTES) throw new FuzzFinding(seed, input, `it took ${megabytes} MB`);
  return accepted;
}
