import { type Conditions, formatMeasured, NOTHING } from "../conditions.ts";
import { verdict } from "../markdown-table.ts";
import type { Measurement } from "../measure.ts";
import { median, medianRatio } from "../statistics.ts";
import type { PublishRound } from "./measure-publish.ts";

export interface PublishResults extends Conditions {
  readonly rounds: readonly PublishRound[];
  /** Of the image. */
  readonly bytes: number;
}

/** Of curl's throughput, at least: so at most the inverse of its time. */
const LEAST_THROUGHPUT = 0.9;
const MOST_MEGABYTES = 200;
const MOST_SECONDS_AGAIN = 0.5;
const MEGABYTE = 1_000_000;

/** The results as Markdown. */
export function formatPublishResults(results: PublishResults): string {
  const { rounds, bytes } = results;
  const of = (key: keyof PublishRound) => rounds.flatMap((round) => round[key] ?? []);
  const curl = seconds(of("curl"));
  const official = seconds(of("official"));
  const throughput = (times: readonly number[], others: readonly number[]) =>
    times.length === others.length ? medianRatio(others, times) : undefined;
  const row = (title: string, key: keyof PublishRound): string[] => {
    const runs = of(key);
    const times = seconds(runs);
    const toCurl = throughput(times, curl);
    const peak = median(runs.map(({ peakBytes }) => peakBytes)) / MEGABYTE;
    const isTooSlow = key === "ours" && toCurl !== undefined && toCurl < LEAST_THROUGHPUT;
    const shown = toCurl?.toFixed(3) ?? NOTHING;
    return [
      title,
      median(times).toFixed(2),
      (bytes / MEGABYTE / median(times)).toFixed(0),
      isTooSlow ? `**${shown}**` : shown,
      throughput(times, official)?.toFixed(3) ?? NOTHING,
      median(runs.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
      key === "ours" ? verdict(peak, MOST_MEGABYTES, 0) : peak.toFixed(0),
    ];
  };
  const again = of("again");
  return formatMeasured(results, `${(bytes / MEGABYTE).toFixed(0)} MB`, [
    ["what", "seconds", "MB/s", "to curl's", "to gvmkit-build's", "CPU seconds", "peak MB"],
    row("curl -F, four at a time", "curl"),
    ...(official.length > 0 ? [row("gvmkit-build, which describes the file", "official")] : []),
    row("golem-image, which describes the file", "described"),
    row("golem-image, with the conversion's descriptor", "ours"),
    [
      "the same image again",
      verdict(median(seconds(again)), MOST_SECONDS_AGAIN, 2),
      ...[NOTHING, NOTHING, NOTHING],
      median(again.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
      (median(again.map(({ peakBytes }) => peakBytes)) / MEGABYTE).toFixed(0),
    ],
  ]);
}

function seconds(runs: readonly Measurement[]): number[] {
  return runs.map(({ wallSeconds }) => wallSeconds);
}
