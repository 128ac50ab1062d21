import { DeadlineError, VmError } from "../errors.ts";
import type { VmSettings } from "../settings/settings.ts";
import { withDeadline } from "../system/deadline.ts";
import { type BootableImage, withVirtualMachine } from "../vm/boot.ts";
import type { GuestCommand, GuestExit } from "../vm/guest-command.ts";
import type { Measurements } from "../vm/measurements.ts";
import { type RuntimeSummary, summarizeRuntime } from "../vm/runtime.ts";
import { getFile, putFile } from "../vm/transfer.ts";
import type { VirtualMachine } from "../vm/virtual-machine.ts";
import { bootOptions, readBootableImage } from "./bootable-image.ts";
import { storageExcess } from "./storage-excess.ts";

export interface Transfer {
  readonly from: string;
  readonly to: string;
}

export interface ExecInput {
  readonly path: string;
  readonly vm: VmSettings;
  readonly argv: GuestCommand["argv"];
  readonly onOutput: GuestCommand["onOutput"];
  /** From this machine into volumes, before the command. */
  readonly put: readonly Transfer[];
  /** From volumes to this machine, after the command, whatever its exit code. */
  readonly get: readonly Transfer[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
  /** Takes one line that says which runtime was chosen, and why. */
  readonly onRuntime?: (description: string) => void;
}

export interface ExecResult extends GuestExit {
  readonly accelerator: string;
  readonly runtime: RuntimeSummary;
  readonly readyMs: number;
  /** After the command; null when the VM did not live so long, or does not answer any more. */
  readonly measurements: Measurements | null;
}

/**
 * Boots an image, runs one command in it, and ends the VM.
 *
 * @throws {UsageError} when a file to put is missing, or a guest path lies in no volume
 * @throws {VmError} when the VM does not boot or ends, or a file to get is not there
 * @throws {DeadlineError} when the boot, the command, or both together take too long
 */
export async function execInImage(input: ExecInput): Promise<ExecResult> {
  const { vm } = input;
  const image = await readBootableImage(input.path);
  return withDeadline(vm.timeouts.total, input.signal, totalTimeout(vm), (signal) =>
    bootAndRun(image, input, signal),
  );
}

function bootAndRun(
  image: BootableImage,
  input: ExecInput,
  signal: AbortSignal,
): Promise<ExecResult> {
  const { vm } = input;
  return withVirtualMachine(
    image,
    {
      ...bootOptions(vm),
      signal,
      onProgress: input.onProgress,
      onRuntime: input.onRuntime,
    },
    async (machine) => {
      for (const { from, to } of input.put) await putFile(machine.volumes, from, to, input.signal);
      const exit = await machine.run({
        argv: input.argv,
        timeoutMs: vm.timeouts.command,
        onOutput: input.onOutput,
      });
      for (const { from, to } of input.get) await getFile(machine.volumes, from, to, input.signal);
      return {
        ...exit,
        accelerator: machine.acceleratorChoice.accelerator,
        runtime: summarizeRuntime(machine.runtime),
        readyMs: machine.readyMs,
        measurements: await measureIfAlive(machine),
      };
    },
  );
}

async function measureIfAlive(machine: VirtualMachine): Promise<Measurements | null> {
  try {
    return await machine.measure();
  } catch (error) {
    // What the command did counts; a guest that it has brought down is no failure of it.
    if (error instanceof VmError) return null;
    throw error;
  }
}

/**
 * @throws {VmError} when the command wrote more to a volume than it may, which could not be prevented
 */
export function assertStorageKept({ measurements }: ExecResult): void {
  const excess = measurements && storageExcess(measurements);
  if (excess) throw excess;
}

function totalTimeout(vm: VmSettings): () => DeadlineError {
  return () =>
    new DeadlineError(
      `The boot and the command together took longer than ${vm.timeouts.total / 1000} s.`,
      { hint: "Allow more time with --total-timeout, or vm.timeouts.total." },
    );
}
