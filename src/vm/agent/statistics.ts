import { protocolError } from "./errors.ts";

/** What the guest uses at one moment; sizes in bytes. */
export interface GuestStatistics {
  readonly memoryTotal: number;
  readonly memoryAvailable: number;
  /** What can be written outside volumes and /tmp. */
  readonly overlaySize: number;
  readonly overlayUsed: number;
  readonly tmpSize: number;
  readonly tmpUsed: number;
  /** The most of the memory that was not available, whenever the agent looked; 0 from an agent that does not tell. */
  readonly memoryPeak: number;
  readonly overlayPeak: number;
  readonly tmpPeak: number;
  /** Processes apart from the agent and the kernel's threads. */
  readonly processes: number;
}

const KEYS: Readonly<Record<keyof GuestStatistics, string>> = {
  memoryTotal: "memory_total",
  memoryAvailable: "memory_available",
  overlaySize: "overlay_size",
  overlayUsed: "overlay_used",
  tmpSize: "tmp_size",
  tmpUsed: "tmp_used",
  processes: "processes",
  memoryPeak: "memory_peak",
  overlayPeak: "overlay_peak",
  tmpPeak: "tmp_peak",
};

const OPTIONAL = new Set(["memory_peak", "overlay_peak", "tmp_peak"]);

/**
 * Reads the agent's lines of `key value`. Keys that are not known here are skipped.
 *
 * @throws {VmError} when one that every version of the agent has is missing or not a whole number
 */
export function parseStatistics(content: Buffer): GuestStatistics {
  const values = new Map(
    content
      .toString("latin1")
      .split("\n")
      .map((line) => line.split(" ") as [string, string | undefined]),
  );
  const read = (key: string): number => {
    const text = values.get(key) ?? (OPTIONAL.has(key) ? "0" : "");
    if (!/^[0-9]{1,15}$/.test(text)) {
      throw protocolError(`guest statistics have ${JSON.stringify(text)} for ${key}`);
    }
    return Number(text);
  };
  const entries = Object.entries(KEYS).map(([name, key]) => [name, read(key)]);
  return Object.fromEntries(entries) as GuestStatistics;
}
