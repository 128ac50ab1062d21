import { type Conditions, formatMeasured, NOTHING } from "../conditions.ts";
import { verdict } from "../markdown-table.ts";
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
  const seconds = (key: keyof PublishRound) => rounds.map((round) => round[key].wallSeconds);
  const peak = (key: keyof PublishRound) =>
    median(rounds.map((round) => round[key].peakBytes)) / MEGABYTE;
  const cpu = (key: keyof PublishRound) =>
    median(rounds.map((round) => round[key].cpuSeconds)).toFixed(2);
  const rate = (key: keyof PublishRound) => (bytes / MEGABYTE / median(seconds(key))).toFixed(0);
  const throughput = medianRatio(seconds("curl"), seconds("ours"));
  const shown = throughput.toFixed(3);
  return formatMeasured(results, `${(bytes / MEGABYTE).toFixed(0)} MB`, [
    ["what", "seconds", "MB/s", "throughput to curl's", "CPU seconds", "peak MB"],
    [
      "curl -F, four at a time",
      median(seconds("curl")).toFixed(2),
      rate("curl"),
      "1.000",
      cpu("curl"),
      peak("curl").toFixed(0),
    ],
    [
      "golem-image, with the conversion's descriptor",
      median(seconds("ours")).toFixed(2),
      rate("ours"),
      throughput >= LEAST_THROUGHPUT ? shown : `**${shown}**`,
      cpu("ours"),
      verdict(peak("ours"), MOST_MEGABYTES, 0),
    ],
    [
      "the same image again",
      verdict(median(seconds("again")), MOST_SECONDS_AGAIN, 2),
      NOTHING,
      NOTHING,
      cpu("again"),
      peak("again").toFixed(0),
    ],
  ]);
}
