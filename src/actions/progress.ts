import type { Progress, StageName } from "../pipeline/progress.ts";
import { formatMilliseconds } from "../system/format-milliseconds.ts";
import type { Log } from "./log.ts";

/**
 * Progress as lines of a log, in which nothing is replaced: of what is being done right now only a builder's own
 * lines are worth keeping.
 */
export function logProgress(log: Log): Progress {
  let stage: StageName | undefined;
  return {
    stageStarted: (name) => {
      stage = name;
    },
    detail: (text) => {
      if (stage === "build") log.info(text);
    },
    note: (text) => log.info(text),
    stageFinished: (name, summary, milliseconds) =>
      log.info(`${name} ok  ${summary} (${formatMilliseconds(milliseconds)})`),
    stageSkipped: (name, reason) => log.info(`${name} skipped: ${reason}`),
    stageFailed: (name, milliseconds) =>
      log.info(`${name} failed (${formatMilliseconds(milliseconds)})`),
  };
}
