import { setOutput } from "@actions/core";
import type { Progress } from "../pipeline/progress.ts";
import type { ActionName } from "./inputs/action-names.ts";
import type { OutputName } from "./inputs/outputs.ts";
import type { Inputs } from "./inputs/read-inputs.ts";
import type { Log } from "./log.ts";
import type { StageValue } from "./results/stage-record.ts";

/** What a stage gets from the process it runs in. */
export interface ActionContext {
  readonly action: ActionName;
  readonly inputs: Inputs;
  readonly log: Log;
  readonly progress: Progress;
  /** Aborted with an InterruptedError when the job is cancelled. */
  readonly signal: AbortSignal;
  /** What paths in annotations start from, and where relative paths of inputs do. */
  readonly workspace: string;
  /** `RUNNER_TEMP`, which the runner empties. */
  readonly temporaryDirectory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Says that there was nothing to do, and why, as the end of a sentence. */
  readonly skip: (reason: string) => void;
}

/** A stage of an action. What it learns goes into `value` at once, so that it is known when the stage throws. */
export type Stage = (context: ActionContext, value: StageValue) => Promise<void>;

/** Sets outputs by the runner's file; those that are not known stay unset. */
export function setOutputs(outputs: Partial<Record<OutputName, string | number>>): void {
  for (const [name, value] of Object.entries(outputs)) setOutput(name, String(value));
}
