import { type Conditions, formatMeasured, NOTHING } from "../conditions.ts";
import { verdict } from "../markdown-table.ts";
import { median } from "../statistics.ts";

export interface LintResults extends Conditions {
  /** Milliseconds of `node -e 0`, by round. */
  readonly floors: readonly number[];
  /** Milliseconds of lint, by round. */
  readonly lints: readonly number[];
}

/** What lint may take: this many times what a bare node takes, and milliseconds beside it. */
const TARGET = { factor: 1.5, milliseconds: 60 };

/** The results as Markdown. */
export function formatLintResults(results: LintResults): string {
  const { floors, lints } = results;
  const floor = median(floors);
  const limit = TARGET.factor * floor + TARGET.milliseconds;
  return formatMeasured(results, undefined, [
    ["whole process", "ms", "at most"],
    ["`node -e 0`", floor.toFixed(0), NOTHING],
    [
      "`golem-image lint` of a Dockerfile",
      verdict(median(lints), limit, 0),
      `${limit.toFixed(0)} (${TARGET.factor} × node + ${TARGET.milliseconds} ms)`,
    ],
  ]);
}
