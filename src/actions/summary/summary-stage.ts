import type { ActionContext, Stage } from "../action-context.ts";
import { pullRequestOf } from "../event.ts";
import { readRecords } from "../results/results-directory.ts";
import type { StageRecord } from "../results/stage-record.ts";
import { appendSummary, runUrlOf } from "./append-summary.ts";
import { renderSummary } from "./render-summary.ts";

/** Writes what the stages of a job left to its summary and, where that is wanted, to the pull request. */
export const summaryStage: Stage = async (context) => {
  const { inputs, log, environment } = context;
  const directory = inputs.require("results", "there is nothing to sum up.");
  const isCommented = inputs.get("comment") ?? false;
  const isWritten = inputs.get("summary") ?? true;
  const records = await readRecords(directory);
  if (records.length === 0) {
    log.info("no stage left a result");
    return;
  }
  if (isWritten) await appendSummary(records, environment);
  if (isCommented) await comment(records, context);
};

/** A comment that cannot be written is warned about: the image is none the worse. */
async function comment(records: readonly StageRecord[], context: ActionContext): Promise<void> {
  const { environment, inputs, log, signal } = context;
  const commentKey = inputs.get("comment-key") ?? "";
  const pullRequest = await pullRequestOf(environment);
  const repository = environment.GITHUB_REPOSITORY ?? "";
  if (!pullRequest || !/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    log.info("there is no pull request to comment on");
    return;
  }
  const { MAX_COMMENT_CHARACTERS, writeComment } = await import("./comment.ts");
  const { GITHUB_WORKFLOW = "", GITHUB_JOB = "", GITHUB_ACTION = "" } = environment;
  try {
    const outcome = await writeComment(
      {
        repository,
        pullRequest: pullRequest.number,
        key: [GITHUB_WORKFLOW, GITHUB_JOB, GITHUB_ACTION, commentKey].join("-"),
        body: renderSummary(records, {
          runUrl: runUrlOf(environment),
          maxBytes: MAX_COMMENT_CHARACTERS - 1024,
        }),
        signal,
      },
      environment,
    );
    log.info(`the comment of pull request ${pullRequest.number} was ${outcome}`);
  } catch (error) {
    signal.throwIfAborted();
    const { status, message } = error as { status?: number; message: string };
    const refused = status === 403 || status === 404 || status === 401;
    const cure = refused
      ? "Give the job the permission pull-requests: write. The token of a fork's pull request never has it."
      : "The summary of the job says the same.";
    log.annotate("warning", `The pull request could not be commented on: ${message}\n${cure}`);
  }
}
