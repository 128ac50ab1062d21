import type { Command } from "../src/system/run-command.ts";
import { type Measurement, measure } from "./measure.ts";

export interface Contender {
  /** Short and without spaces, for the command line. */
  readonly name: string;
  /** One phrase for the table. */
  readonly description: string;
  /** What is done before each run, and not measured. */
  readonly prepare?: () => Promise<void>;
  readonly run: (signal?: AbortSignal) => Promise<Measurement>;
  /** The file that a run writes. */
  readonly output: string;
}

/** A contender that is one command. */
export function commandContender(
  parts: Pick<Contender, "name" | "description" | "output" | "prepare"> & { command: Command },
): Contender {
  const { command, ...rest } = parts;
  return { ...rest, run: (signal) => measure(command, signal) };
}
