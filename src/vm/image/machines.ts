/** `e_machine` of a program (elf(5)) that a VM, an x86-64, runs: i386 and x86-64. */
const RUNNABLE_MACHINES: readonly number[] = [3, 62];

const MACHINE_NAMES: Readonly<Record<number, string>> = {
  8: "MIPS",
  20: "PowerPC",
  21: "64-bit PowerPC",
  22: "S/390",
  40: "32-bit ARM",
  183: "64-bit ARM",
  243: "RISC-V",
};

/**
 * For which machine a program is that a VM cannot run.
 *
 * @param machine `e_machine` (elf(5))
 * @returns such as `64-bit ARM`; undefined when a VM runs it
 */
export function foreignMachine(machine: number): string | undefined {
  if (RUNNABLE_MACHINES.includes(machine)) return undefined;
  return MACHINE_NAMES[machine] ?? `machine ${machine}`;
}
