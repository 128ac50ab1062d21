import { availableParallelism, freemem } from "node:os";

/** MiB that QEMU takes beside the guest's memory. */
const QEMU_MIB = 100;

/** Of the free memory, what VMs may take. */
const MEMORY_SHARE = 0.8;

const MIB = 1024 * 1024;

export interface ParallelismInput {
  readonly requested: number | "auto";
  readonly tests: number;
  readonly memoryMib: number;
  readonly cpus: number;
  /** Of this machine; given in tests. */
  readonly machine?: { readonly freeBytes: number; readonly cores: number };
}

/** How many VMs are run at a time: as many as asked for and as this machine has memory and cores for. */
export function countOfMachines(input: ParallelismInput): number {
  const { requested, tests, memoryMib, cpus } = input;
  const { freeBytes, cores } = input.machine ?? {
    freeBytes: freemem(),
    cores: availableParallelism(),
  };
  const byMemory = Math.floor((freeBytes * MEMORY_SHARE) / ((memoryMib + QEMU_MIB) * MIB));
  const byCores = Math.floor(cores / cpus);
  const wanted = requested === "auto" ? byCores : requested;
  return Math.max(1, Math.min(wanted, tests, byMemory, byCores));
}
