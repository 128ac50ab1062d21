import { type Conditions, formatMeasured } from "../conditions.ts";
import { verdict } from "../markdown-table.ts";
import { median } from "../statistics.ts";

/** One run of a file of tests. */
export interface TestsMeasurement {
  /** Of everything, from the call to the result. */
  readonly totalMs: number;
  readonly bootMs: number;
  readonly boots: number;
}

export interface TestsResults extends Conditions {
  /** By what was run. */
  readonly series: Readonly<Record<string, readonly TestsMeasurement[]>>;
}

/** What 50 tests may take beside their boot. */
const LIMIT_SECONDS = 3;

/** The results as Markdown. */
export function formatTestsResults(results: TestsResults): string {
  const rows = Object.entries(results.series).map(([name, runsOfIt]) => {
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
  return formatMeasured(results, undefined, [
    ["file", "boots", "seconds of them", `seconds of the rest (at most ${LIMIT_SECONDS})`],
    ...rows,
  ]);
}
