import { statSync } from "node:fs";
import { tmpdir } from "node:os";
import { isAbsolute } from "node:path";
import { setSecret } from "@actions/core";
import { exitWhenIdle } from "../system/exit-when-idle.ts";
import { explainError } from "../system/explain-error.ts";
import { abortOnInterruption } from "../system/interruption.ts";
import type { ActionContext, Stage } from "./action-context.ts";
import type { ActionName } from "./inputs/action-names.ts";
import { Inputs } from "./inputs/read-inputs.ts";
import { Log } from "./log.ts";
import { logProgress } from "./progress.ts";
import { describeFailure, reportFailure } from "./report-failure.ts";
import type { StageRecord, StageValue } from "./results/stage-record.ts";

/**
 * Runs an action as its whole process: masks secrets, heeds signals, groups the log, leaves a record of what happened
 * or writes the job's summary, and is the one place that turns an error into an annotation and exit code 1.
 */
export async function runAction(action: ActionName, stage: Stage): Promise<void> {
  let hasEnded = false;
  const log = new Log();
  const inputs = new Inputs(action);
  // Before anything else can print one.
  for (const secret of inputs.secrets()) setSecret(secret);
  const workspace = enterWorkspace(process.env);
  exitWhenIdle(() => {
    if (hasEnded) return;
    reportFailure(new Error("Nothing is going on any more."), log, workspace);
    process.exitCode = 1;
  });
  let skipped: string | undefined;
  const context: ActionContext = {
    action,
    inputs,
    log,
    progress: logProgress(log),
    signal: abortOnInterruption(process),
    workspace,
    temporaryDirectory: process.env.RUNNER_TEMP || tmpdir(),
    environment: process.env,
    skip: (reason) => {
      skipped = reason;
    },
  };
  Object.assign(process.env, inputs.variables());
  const value: StageValue = {};
  const startedAt = Date.now();
  const started = performance.now();
  const record = (outcome: StageRecord["outcome"], reason = "", hint: string | null = null) => ({
    schema: 1 as const,
    stage: action,
    outcome,
    reason,
    hint,
    startedAt,
    durationMs: Math.round(performance.now() - started),
    value,
  });
  let failure: { readonly error: unknown } | undefined;
  let left: StageRecord;
  log.startGroup(action);
  try {
    await stage(context, value);
    left = skipped === undefined ? record("passed") : record("skipped", skipped);
  } catch (thrown) {
    const error = await explainError(thrown, context.signal);
    failure = { error };
    const { reason, hint } = describeFailure(error);
    left = record("failed", reason, hint);
  }
  log.endGroup();
  try {
    if (action !== "summary") await leaveRecord(left, context);
  } catch (error) {
    // What went wrong first is what has to be said.
    failure ??= { error: await explainError(error, context.signal) };
  }
  if (failure) reportFailure(failure.error, log, workspace);
  process.exitCode = failure ? 1 : 0;
  hasEnded = true;
}

/** Relative paths of inputs start at the workspace, wherever the action itself is checked out. */
function enterWorkspace({ GITHUB_WORKSPACE: workspace }: NodeJS.ProcessEnv): string {
  if (workspace && isAbsolute(workspace) && statSync(workspace, { throwIfNoEntry: false })) {
    process.chdir(workspace);
    return workspace;
  }
  return process.cwd();
}

/** For the summary of all stages, or as a summary of its own. */
async function leaveRecord(record: StageRecord, { inputs }: ActionContext): Promise<void> {
  const directory = inputs.get("results");
  if (directory !== undefined) {
    const { writeRecord } = await import("./results/results-directory.ts");
    await writeRecord(directory, record);
  } else if (inputs.get("summary") !== false && record.outcome !== "skipped") {
    const { appendSummary } = await import("./summary/append-summary.ts");
    await appendSummary([record]);
  }
}
