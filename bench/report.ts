import type { Size } from "./arguments.ts";
import { type Conditions, formatMeasured, NOTHING } from "./conditions.ts";
import { markdownTable, verdict } from "./markdown-table.ts";
import type { Series } from "./rounds.ts";
import { median } from "./statistics.ts";
import { type Ratios, ratios, TARGETS, type Target } from "./targets.ts";

export interface Results extends Conditions {
  readonly size: Size;
  readonly series: readonly Series[];
  /** Whether a contender's bytes were those of a cold conversion; only those for which it was looked at. */
  readonly identical: ReadonlyMap<string, boolean>;
  /** The part of the blocks that came from an earlier conversion. */
  readonly reusedShares: ReadonlyMap<string, number>;
}

const MEGABYTE = 1_000_000;

/** The results as Markdown. */
export function formatResults(results: Results): string {
  const rows = results.series.map((series) => row(series, results));
  return formatMeasured(results, `size \`${results.size}\``, [HEADINGS, ...rows]);
}

/** The targets and what was reached, as a Markdown table. */
export function formatTargets(results: Results): string {
  const rows = TARGETS.map((target) => [
    target.description,
    `\`${target.reference}\``,
    limits(target),
    reached(target, results),
  ]);
  return markdownTable([["conversion", "against", "at most", "result"], ...rows]).join("\n");
}

const HEADINGS = [
  "conversion",
  "seconds",
  "CPU seconds",
  "peak MB",
  "MB",
  "time to gvmkit-build's",
  "size to its",
  "time to mksquashfs gzip -6's",
  "size to its",
  "reused",
];

function row(series: Series, results: Results): string[] {
  const middle = (key: keyof Series["measurements"][number]) =>
    median(series.measurements.map((measurement) => measurement[key]));
  const compared = ["gvmkit-build", "mksquashfs-gzip"].flatMap((name) => {
    const found = ratiosTo(name, series, results);
    return found ? [found.time.toFixed(3), found.size.toFixed(3)] : [NOTHING, NOTHING];
  });
  const share = results.reusedShares.get(series.name);
  return [
    series.description,
    middle("wallSeconds").toFixed(2),
    middle("cpuSeconds").toFixed(2),
    (middle("peakBytes") / MEGABYTE).toFixed(0),
    (series.outputSize / MEGABYTE).toFixed(1),
    ...compared,
    share === undefined ? NOTHING : `${(share * 100).toFixed(1)} %`,
  ];
}

function ratiosTo(name: string, series: Series, results: Results): Ratios | undefined {
  const reference = results.series.find((other) => other.name === name);
  return reference && ratios(series, reference);
}

function limits({ time, size, isIdentical }: Target): string {
  const parts: string[] = [];
  if (time !== undefined) parts.push(`${time} of the time`);
  if (size !== undefined) parts.push(`${size} of the size`);
  if (isIdentical) parts.push("identical bytes");
  return parts.join(", ");
}

function reached(target: Target, results: Results): string {
  const series = results.series.find(({ name }) => name === target.name);
  const found = series && ratiosTo(target.reference, series, results);
  if (!found) return "not measured";
  const parts: string[] = [];
  const judge = (value: number, limit: number | undefined, what: string) => {
    if (limit !== undefined) parts.push(verdict(value, limit, 3, what));
  };
  judge(found.time, target.time, " of the time");
  judge(found.size, target.size, " of the size");
  if (target.isIdentical) {
    parts.push(results.identical.get(target.name) ? "identical" : "**not identical**");
  }
  return parts.join(", ");
}
