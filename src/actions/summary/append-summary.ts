import { summary } from "@actions/core";
import type { StageRecord } from "../results/stage-record.ts";
import { renderSummary } from "./render-summary.ts";

/** Adds what stages did to the job's summary. Some runners have none. */
export async function appendSummary(
  records: readonly StageRecord[],
  environment: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  if (!environment.GITHUB_STEP_SUMMARY) return;
  await summary.addRaw(renderSummary(records, { runUrl: runUrlOf(environment) }), true).write();
}

/** The page of this run; undefined outside of one. */
export function runUrlOf(environment: NodeJS.ProcessEnv): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = environment;
  const { GITHUB_RUN_ID: run = "" } = environment;
  if (!server || !/^\d+$/.test(run) || !/^[\w.-]+\/[\w.-]+$/.test(repository ?? ""))
    return undefined;
  const text = `${server}/${repository}/actions/runs/${run}`;
  return URL.canParse(text) ? new URL(text).href.replace(/[()]/g, encodeURIComponent) : undefined;
}
