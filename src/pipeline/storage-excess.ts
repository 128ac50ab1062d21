import { VmError } from "../errors.ts";
import type { Measurements } from "../vm/measurements.ts";

/** @returns what is wrong when volumes that could not be held to their limit were found to be larger */
export function storageExcess({ storage, volumes }: Measurements): VmError | undefined {
  const excesses = volumes.filter((volume) => volume.isOverLimit).map(({ path }) => path);
  if (excesses.length === 0) return undefined;
  return new VmError(
    `More than the ${storage.limitMib} MiB that vm.storage allows for a volume was written to ${excesses.join(" and ")}.`,
    {
      hint: `Allow more with --storage (or vm.storage), or let the commands write less. The limit was only checked, not enforced: ${storage.reason}.`,
    },
  );
}
