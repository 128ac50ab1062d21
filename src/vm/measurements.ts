import { readFile } from "node:fs/promises";
import type { GuestStatistics } from "./agent/statistics.ts";
import type { StorageReport, VolumeStorage, VolumeUsage } from "./storage/volume-storage.ts";

/** Room that a guest has and uses, in bytes. */
export interface RoomMeasurement {
  readonly sizeBytes: number;
  readonly usedBytes: number;
  /** The most that was in use while commands ran; null from an agent that does not tell. */
  readonly peakBytes: number | null;
}

/** What a run took, and what it had. Null is what could not be measured. */
export interface Measurements {
  /** Processor time of QEMU, so of the guest and its devices. */
  readonly cpuSeconds: number | null;
  /** The most memory that QEMU had of this machine, its own and what the guest had touched. */
  readonly hostMemoryPeakBytes: number | null;
  /** The guest's memory, as the guest agent sees it: what is not available is in use. */
  readonly memory: RoomMeasurement | null;
  /** What can be written outside of volumes and /tmp. */
  readonly overlay: RoomMeasurement | null;
  /** Null, too, when /tmp is a volume. */
  readonly tmp: RoomMeasurement | null;
  readonly storage: StorageReport;
  readonly volumes: readonly VolumeUsage[];
}

export interface MeasuredMachine {
  /** QEMU's. */
  readonly pid: number | undefined;
  readonly storage: VolumeStorage;
  /** Asks the guest agent; undefined from one that does not know the request. */
  readonly statistics: () => Promise<GuestStatistics | undefined>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Measures a VM that still runs.
 *
 * @throws {VmError} when the guest agent does not answer
 */
export async function measure(machine: MeasuredMachine): Promise<Measurements> {
  const guest = await machine.statistics();
  return {
    ...(await measureProcess(machine.pid)),
    memory: guest
      ? {
          sizeBytes: guest.memoryTotal,
          usedBytes: guest.memoryTotal - guest.memoryAvailable,
          peakBytes: guest.memoryPeak || null,
        }
      : null,
    overlay: guest ? room(guest.overlaySize, guest.overlayUsed, guest.overlayPeak) : null,
    tmp: guest ? room(guest.tmpSize, guest.tmpUsed, guest.tmpPeak) : null,
    storage: machine.storage.report,
    volumes: await machine.storage.usage(machine.signal),
  };
}

function room(sizeBytes: number, usedBytes: number, peak: number): RoomMeasurement | null {
  if (sizeBytes === 0) return null;
  // Nothing may have been written.
  return { sizeBytes, usedBytes, peakBytes: peak >= usedBytes ? peak : null };
}

/** Of the clock that /proc/PID/stat counts in, on every Linux of this architecture (USER_HZ). */
const TICKS_PER_SECOND = 100;

/**
 * @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 * @see https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
 */
async function measureProcess(
  pid: number | undefined,
): Promise<Pick<Measurements, "cpuSeconds" | "hostMemoryPeakBytes">> {
  const [stat, status] = await Promise.all(
    ["stat", "status"].map((name) => readFile(`/proc/${pid}/${name}`, "latin1").catch(() => "")),
  );
  return { cpuSeconds: cpuSeconds(stat ?? ""), hostMemoryPeakBytes: memoryPeak(status ?? "") };
}

function cpuSeconds(stat: string): number | null {
  // "pid (name) state ...": the name may hold anything. The 14th and 15th fields are of interest.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isInteger(ticks) ? ticks / TICKS_PER_SECOND : null;
}

function memoryPeak(status: string): number | null {
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(status) ?? [];
  return kibibytes === undefined ? null : Number(kibibytes) * 1024;
}
