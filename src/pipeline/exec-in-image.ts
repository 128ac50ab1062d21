import type { VmSettings } from "../settings/settings.ts";
import { withVirtualMachine } from "../vm/boot.ts";
import { type RuntimeSummary, summarizeRuntime } from "../vm/runtime.ts";
import { getFile, putFile } from "../vm/transfer.ts";
import type { GuestCommand, GuestExit } from "../vm/virtual-machine.ts";
import { bootOptions, readBootableImage } from "./bootable-image.ts";

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
}

/**
 * Boots an image, runs one command in it, and ends the VM.
 *
 * @throws {UsageError} when a file to put is missing, or a guest path lies in no volume
 * @throws {VmError} when the VM does not boot or ends, or a file to get is not there
 * @throws {DeadlineError} when the boot or the command takes too long
 */
export async function execInImage(input: ExecInput): Promise<ExecResult> {
  const { vm } = input;
  const image = await readBootableImage(input.path);
  return withVirtualMachine(
    image,
    {
      ...bootOptions(vm),
      signal: input.signal,
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
      };
    },
  );
}
