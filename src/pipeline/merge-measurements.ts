import type { Measurements, RoomMeasurement } from "../vm/measurements.ts";

/** What two VMs took together, or one of them at most: times add up, and of rooms the fuller one counts. */
export function mergeMeasurements(first: Measurements | null, second: Measurements): Measurements {
  if (first === null) return second;
  return {
    cpuSeconds: add(first.cpuSeconds, second.cpuSeconds),
    hostMemoryPeakBytes: greater(first.hostMemoryPeakBytes, second.hostMemoryPeakBytes),
    memory: fuller(first.memory, second.memory),
    overlay: fuller(first.overlay, second.overlay),
    tmp: fuller(first.tmp, second.tmp),
    storage: second.storage,
    volumes: mergeVolumes(first.volumes, second.volumes),
  };
}

/** Of each volume the most that it held. */
export function mergeVolumes(
  first: Measurements["volumes"],
  second: Measurements["volumes"],
): Measurements["volumes"] {
  const byPath = new Map(first.map((volume) => [volume.path, volume]));
  for (const volume of second) {
    const known = byPath.get(volume.path);
    byPath.set(volume.path, {
      path: volume.path,
      bytes: Math.max(volume.bytes, known?.bytes ?? 0),
      isOverLimit: volume.isOverLimit || (known?.isOverLimit ?? false),
    });
  }
  return [...byPath.values()];
}

function fuller(a: RoomMeasurement | null, b: RoomMeasurement | null): RoomMeasurement | null {
  if (a === null || b === null) return a ?? b;
  const peak = (room: RoomMeasurement) => room.peakBytes ?? room.usedBytes;
  return peak(a) > peak(b) ? a : b;
}

function greater(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b);
}

function add(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : a + b;
}
