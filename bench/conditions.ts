import { markdownTable } from "./markdown-table.ts";

/** How numbers came about. */
export interface Conditions {
  /** ISO date. */
  readonly date: string;
  readonly runs: number;
  /** Lines of a list. */
  readonly machine: readonly string[];
  /** What the reader has to know besides, as sentences. */
  readonly remarks: readonly string[];
}

export const NOTHING = "–";

/**
 * A benchmark's results as Markdown: how they came about, and a table.
 *
 * @param input what was measured with, such as `700 MB`
 * @param rows the first has the headings
 */
export function formatMeasured(
  { date, runs, machine, remarks }: Conditions,
  input: string | undefined,
  rows: readonly (readonly string[])[],
): string {
  const count = runs === 1 ? "one run" : `medians of ${runs} runs`;
  return [
    `${[date, input, count].filter((part) => part !== undefined).join(", ")} in turn.`,
    "",
    ...[...machine, ...remarks].map((line) => `- ${line}`),
    "",
    ...markdownTable(rows),
  ].join("\n");
}
