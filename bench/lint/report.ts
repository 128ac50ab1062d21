import { markdownTable, verdict } from "../markdown-table.ts";
import { median } from "../statistics.ts";

export interface LintResults {
  readonly runs: number;
  /** ISO date. */
  readonly date: string;
  /** Lines of a list. */
  readonly machine: readonly string[];
  readonly remarks: readonly string[];
  /** Milliseconds of `node -e 0`, by round. */
  readonly floors: readonly number[];
  /** Milliseconds of lint, by round. */
  readonly lints: readonly number[];
}

/** What lint may take: this many times what a bare node takes, and milliseconds beside it. */
const TARGET = { factor: 1.5, milliseconds: 60 };

/** The results as Markdown. */
export function formatLintResults({
  runs,
  date,
  machine,
  remarks,
  floors,
  lints,
}: LintResults): string {
  const floor = median(floors);
  const limit = TARGET.factor * floor + TARGET.milliseconds;
  return [
    `${date}, medians of ${runs} runs in turn.`,
    "",
    ...[...machine, ...remarks].map((line) => `- ${line}`),
    "",
    ...markdownTable([
      ["whole process", "ms", "at most"],
      ["`node -e 0`", floor.toFixed(0), "–"],
      [
        "`golem-image lint` of a Dockerfile",
        verdict(median(lints), limit, 0),
        `${limit.toFixed(0)} (${TARGET.factor} × node + ${TARGET.milliseconds} ms)`,
      ],
    ]),
  ].join("\n");
}
