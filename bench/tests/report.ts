import { markdownTable, verdict } from "../markdown-table.ts";
import { median } from "../statistics.ts";

/** One run of a file of tests. */
export interface TestsMeasurement {
  /** Of everything, from the call to the result. */
  readonly totalMs: number;
  readonly bootMs: number;
  readonly boots: number;
}

export interface TestsResults {
  readonly runs: number;
  /** ISO date. */
  readonly date: string;
  /** Lines of a list. */
  readonly machine: readonly string[];
  readonly remarks: readonly string[];
  /** By what was run. */
  readonly series: Readonly<Record<string, readonly TestsMeasurement[]>>;
}

/** What 50 tests may take beside their boot. */
const LIMIT_SECONDS = 3;

/** The results as Markdown. */
export function formatTestsResults(results: TestsResults): string {
  const { date, runs, machine, remarks, series } = results;
  const rows = Object.entries(series).map(([name, runsOfIt]) => {
    const seconds = (of: (run: TestsMeasurement) => number) => median(runsOfIt.map(of)) / 1000;
    return [
      name,
      String(Math.max(...runsOfIt.map(({ boots }) => boots))),
      seconds(({ bootMs }) => bootMs).toFixed(2),
      verdict(
        seconds(({ totalMs, bootMs }) => totalMs - bootMs),
        LIMIT_SECONDS,
        2,
      ),
    ];
  });
  return [
    `${date}, medians of ${runs} runs in turn.`,
    "",
    ...[...machine, ...remarks].map((line) => `- ${line}`),
    "",
    ...markdownTable([
      ["file", "boots", "seconds of them", `seconds of the rest (at most ${LIMIT_SECONDS})`],
      ...rows,
    ]),
  ].join("\n");
}
