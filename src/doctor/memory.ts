import { freemem } from "node:os";
import { ok, type Verdict, warning } from "./check.ts";
import { describeBytes } from "./directories.ts";

const MIB = 1024 ** 2;

/** What QEMU and this program take besides the guest's memory. */
const OVERHEAD_MIB = 256;

/**
 * @param vmMib what the VM gets
 * @param free bytes that can be had without swapping, the limit of a container included
 */
export function checkMemory(
  vmMib: number,
  free: number = Math.min(freemem(), process.availableMemory()),
): Verdict {
  const detail = `${describeBytes(free)} free, for a VM of ${vmMib} MiB`;
  if (free >= (vmMib + OVERHEAD_MIB) * MIB) return ok(detail);
  return warning(detail, "End other programs, or give the VM less with --memory or vm.memory.");
}
