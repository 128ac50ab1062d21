import { readFileSync, readlinkSync } from "node:fs";

/** Names one process among all that this machine ever has: process numbers are used again. */
export interface ProcessIdentity {
  /** Of the kernel: other after each boot of the machine. */
  readonly bootId: string;
  /** Numbers of processes hold in one namespace, such as a container's, only. */
  readonly pidNamespace: string;
  readonly pid: number;
  /** In clock ticks after the machine's boot. */
  readonly startTicks: string;
}

/** @returns undefined where the system does not tell (proc(5) is Linux's) */
export function identifyProcess(pid: number = process.pid): ProcessIdentity | undefined {
  try {
    const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const pidNamespace = readlinkSync("/proc/self/ns/pid");
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The program's name, in parentheses, may itself hold blanks and parentheses; the start time is the 22nd field.
    const startTicks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return startTicks === undefined ? undefined : { bootId, pidNamespace, pid, startTicks };
  } catch {
    return undefined;
  }
}

/** Whether it is certain that the process has ended: another container's cannot be seen from here. */
export function hasEnded(known: ProcessIdentity): boolean {
  const self = identifyProcess();
  if (self === undefined) return false;
  if (self.bootId !== known.bootId) return true;
  if (self.pidNamespace !== known.pidNamespace) return false;
  return identifyProcess(known.pid)?.startTicks !== known.startTicks;
}
