import type { Series } from "./rounds.ts";
import { medianRatio } from "./statistics.ts";

/** What a contender is to reach, as ratios to another one. */
export interface Target {
  readonly name: string;
  readonly description: string;
  readonly reference: string;
  /** At most this part of the reference's wall-clock time. */
  readonly time?: number;
  /** At most this part of the reference's size. */
  readonly size?: number;
  /** Whether the bytes must be those of a cold conversion. */
  readonly isIdentical?: boolean;
}

export const TARGETS: readonly Target[] = [
  {
    name: "balanced",
    description: "cold conversion from an archive, `balanced`",
    reference: "gvmkit-build",
    time: 0.25,
    size: 0.94,
  },
  {
    name: "smallest",
    description: "`smallest`",
    reference: "gvmkit-build",
    time: 1.6,
    size: 0.78,
  },
  {
    name: "changed-above",
    description: "after a 1 % change by a layer above, incremental",
    reference: "gvmkit-build",
    time: 0.08,
    isIdentical: true,
  },
  {
    name: "changed-below",
    description: "after a 1 % change in the only layer, incremental",
    reference: "gvmkit-build",
    time: 0.08,
    isIdentical: true,
  },
  {
    name: "unchanged",
    description: "unchanged, cache hit",
    reference: "gvmkit-build",
    time: 0.05,
    isIdentical: true,
  },
  {
    name: "balanced",
    description: "cold conversion from an archive, `balanced`",
    reference: "mksquashfs-gzip",
    time: 0.9,
    size: 1.03,
  },
];

/** Ratios of one series to another: wall-clock time, processor time, size. */
export interface Ratios {
  readonly time: number;
  readonly cpu: number;
  readonly size: number;
}

export function ratios(series: Series, reference: Series): Ratios {
  const values = (of: Series, key: "wallSeconds" | "cpuSeconds") =>
    of.measurements.map((measurement) => measurement[key]);
  return {
    time: medianRatio(values(series, "wallSeconds"), values(reference, "wallSeconds")),
    cpu: medianRatio(values(series, "cpuSeconds"), values(reference, "cpuSeconds")),
    size: series.outputSize / reference.outputSize,
  };
}
