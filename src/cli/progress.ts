import { stripVTControlCharacters } from "node:util";
import type { Progress, StageName } from "../pipeline/progress.ts";
import { formatMilliseconds } from "./format.ts";
import type { Styles } from "./styles.ts";

type Output = NodeJS.WriteStream | { write(text: string): unknown; isTTY?: boolean };

const CLEAR_LINE = "\r\x1b[2K";
const STAGE_WIDTH = 8;

/**
 * One line per stage, as it ends. On a terminal the line below shows what is happening right now; elsewhere
 * (CI logs) a stage's start and its notes are plain lines.
 */
export function createProgress(output: Output, styles: Styles): Progress {
  return output.isTTY === true ? liveProgress(output, styles) : plainProgress(output, styles);
}

/** For `--quiet`: errors only. */
export const silentProgress: Progress = {
  stageStarted: () => {},
  detail: () => {},
  note: () => {},
  stageFinished: () => {},
  stageSkipped: () => {},
  stageFailed: () => {},
};

function plainProgress(output: Output, styles: Styles): Progress {
  const line = (text: string) => output.write(`${text}\n`);
  return {
    stageStarted: (stage) => line(`${label(stage, styles)} ...`),
    detail: () => {},
    note: (text) => line(indent(text)),
    ...endings(line, styles),
  };
}

function liveProgress(output: Output, styles: Styles): Progress {
  let current = "";
  const line = (text: string) => output.write(`${CLEAR_LINE}${text}\n`);
  const live = (text: string) => output.write(`${CLEAR_LINE}${text}`);
  const width = () => ("columns" in output && output.columns ? output.columns : 80) - 1;
  return {
    stageStarted: (stage) => {
      current = label(stage, styles);
      live(`${current} ...`);
    },
    detail: (text) => {
      const room = Math.max(10, width() - STAGE_WIDTH - 1);
      const oneLine = stripVTControlCharacters(text).replaceAll(/\s+/g, " ").slice(0, room);
      live(`${current} ${styles.dim(oneLine)}`);
    },
    note: (text) => {
      line(indent(text));
      live(`${current} ...`);
    },
    ...endings(line, styles),
  };
}

function endings(line: (text: string) => void, styles: Styles) {
  return {
    stageFinished: (stage: StageName, summary: string, milliseconds: number) =>
      line(
        `${label(stage, styles)} ${styles.green("ok")}  ${summary} ${styles.dim(`(${formatMilliseconds(milliseconds)})`)}`,
      ),
    stageSkipped: (stage: StageName, reason: string) =>
      line(`${label(stage, styles)} ${styles.dim(`skipped: ${reason}`)}`),
    stageFailed: (stage: StageName, milliseconds: number) =>
      line(
        `${label(stage, styles)} ${styles.red("failed")} ${styles.dim(`(${formatMilliseconds(milliseconds)})`)}`,
      ),
  };
}

function label(stage: StageName, styles: Styles): string {
  return styles.bold(stage.padEnd(STAGE_WIDTH));
}

function indent(text: string): string {
  return text
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
