import { join } from "node:path";
import { VmError } from "../../src/errors.ts";
import { type BootOptions, withVirtualMachine } from "../../src/vm/boot.ts";
import { type MachineDescription, qemuCommand } from "../../src/vm/qemu/command-line.ts";
import { startQemu } from "../../src/vm/qemu/process.ts";
import type { VirtualMachine } from "../../src/vm/virtual-machine.ts";

/** Milliseconds of one boot and what follows. */
export interface BootMeasurement {
  /** From QEMU's start until the guest agent had mounted the volumes. */
  readonly ready: number;
  /** From the call until everything was cleaned up, with one command. */
  readonly wholeRun: number;
  /** From a command's request until its end and output were there; the mean of ten. */
  readonly command: number;
  /** What the same command takes inside the guest. */
  readonly commandItself: number;
  /** From the last command's end until QEMU was gone and its directory removed. */
  readonly shutdown: number;
}

const COMMAND = ["/bin/busybox", "true"] as const;
const COMMANDS = 10;
const LOOPS = 50;

/** @param image a .gvmi with a static busybox in /bin */
export async function measureBoot(image: string, options: BootOptions): Promise<BootMeasurement> {
  const started = performance.now();
  const bootable = { path: image, volumes: ["/golem"], workingDirectory: "/", environment: [] };
  let firstEnded = started;
  let ended = started;
  const inside = await withVirtualMachine(bootable, options, async (machine) => {
    await runTimed(machine, COMMAND);
    firstEnded = performance.now();
    for (let index = 0; index < COMMANDS; index++) await runTimed(machine, COMMAND);
    const command = (performance.now() - firstEnded) / COMMANDS;
    const commandItself = ((await loop(machine, LOOPS)) - (await loop(machine, 0))) / LOOPS;
    ended = performance.now();
    return { ready: machine.readyMs, command, commandItself };
  });
  const shutdown = performance.now() - ended;
  return { ...inside, wholeRun: firstEnded - started + shutdown, shutdown };
}

async function loop(machine: VirtualMachine, times: number): Promise<number> {
  const script = `i=0; while [ $i -lt ${times} ]; do ${COMMAND.join(" ")}; i=$((i+1)); done`;
  return await runTimed(machine, ["/bin/busybox", "sh", "-c", script]);
}

async function runTimed(
  machine: VirtualMachine,
  argv: readonly [string, ...string[]],
): Promise<number> {
  const started = performance.now();
  const { exitCode } = await machine.run({ argv, timeoutMs: 60_000, onOutput: () => {} });
  if (exitCode !== 0) throw new VmError(`${argv.join(" ")} ended with ${exitCode} in the VM.`);
  return performance.now() - started;
}

/** Milliseconds of a machine that only boots its kernel and powers off, as a whole process. */
export async function measureFloor(
  machine: Pick<MachineDescription, "qemu" | "accelerator" | "memoryMib" | "cpus" | "kernel">,
  initramfs: string,
  directory: string,
): Promise<number> {
  const started = performance.now();
  const consoleFile = join(directory, "console");
  const parts = { initramfs, kernelParameters: [], consoleFile, shares: [] };
  const qemu = await startQemu(qemuCommand({ ...machine, ...parts }));
  try {
    const { exitCode, stderr } = await qemu.ended;
    if (exitCode !== 0) throw new VmError(`QEMU ended with ${exitCode}: ${stderr}`);
    return performance.now() - started;
  } finally {
    await qemu.kill();
  }
}
