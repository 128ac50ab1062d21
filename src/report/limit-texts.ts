import type { ProfileLimits, ProfileResult } from "../pipeline/profile-result.ts";
import { formatBytes } from "../system/format-bytes.ts";
import { formatMilliseconds } from "../system/format-milliseconds.ts";
import type { RoomMeasurement } from "../vm/measurements.ts";

const MIB = 1024 * 1024;

/** What the VMs were allowed, by name. */
export function limitTexts(limits: ProfileLimits): [name: string, value: string][] {
  const { memoryMib, cpus, storageMib, outputMib, timeoutsMs } = limits;
  return [
    ["memory", `${memoryMib} MiB`],
    ["cpus", String(cpus)],
    ["storage of each volume", storageMib === null ? "none" : `${storageMib} MiB`],
    ["output of each stream", `${outputMib} MiB`],
    ["boot timeout", formatMilliseconds(timeoutsMs.boot)],
    ["command timeout", formatMilliseconds(timeoutsMs.command)],
    ["total timeout", formatMilliseconds(timeoutsMs.total)],
  ];
}

/** How much of a room was used at most. */
export interface RoomUse {
  /** Such as `memory`, or `volume /golem/output`. */
  readonly name: string;
  readonly peakBytes: number;
  /** Null without a limit. */
  readonly limitBytes: number | null;
}

/** The rooms of a profile that were measured, each at its fullest. */
export function roomUses({ measurements, limits }: ProfileResult): RoomUse[] {
  if (!measurements) return [];
  const { memory, overlay, tmp, volumes } = measurements;
  const limitBytes = limits.storageMib === null ? null : limits.storageMib * MIB;
  const room = (name: string, measured: RoomMeasurement | null): RoomUse[] =>
    measured
      ? [
          {
            name,
            peakBytes: measured.peakBytes ?? measured.usedBytes,
            limitBytes: measured.sizeBytes,
          },
        ]
      : [];
  return [
    ...room("memory", memory),
    ...room("overlay", overlay),
    ...room("/tmp", tmp),
    ...volumes.map(({ path, bytes }) => ({ name: `volume ${path}`, peakBytes: bytes, limitBytes })),
  ];
}

/** `60 MiB of 200 MiB (30 %)` */
export function describeUse({ peakBytes, limitBytes }: Omit<RoomUse, "name">): string {
  if (limitBytes === null) return formatBytes(peakBytes);
  const share = limitBytes === 0 ? 0 : Math.round((100 * peakBytes) / limitBytes);
  return `${formatBytes(peakBytes)} of ${formatBytes(limitBytes)} (${share} %)`;
}
