import { VmError } from "../errors.ts";
import type { VmSettings } from "../settings/settings.ts";
import { type ChosenRunner, chooseRunner } from "../shell/choose-runner.ts";
import { type LineSource, runSession, type SessionOptions } from "../shell/session.ts";
import { withVirtualMachine } from "../vm/boot.ts";
import type { GuestCommand } from "../vm/guest-command.ts";
import type { VirtualMachine } from "../vm/virtual-machine.ts";
import { bootOptions, readBootableImage } from "./bootable-image.ts";
import { storageExcess } from "./storage-excess.ts";

/** What the person is told before the first line. */
export interface ReadyShell extends Omit<ChosenRunner, "runner"> {
  readonly machine: Pick<
    VirtualMachine,
    "runtime" | "profile" | "acceleratorChoice" | "readyMs" | "volumes"
  >;
}

export interface ShellInput
  extends Pick<SessionOptions, "stopOnError" | "show" | "explain" | "report"> {
  readonly path: string;
  readonly vm: VmSettings;
  /** Whether lines are commands even where the image has a shell. */
  readonly withoutShell: boolean;
  /** Milliseconds for each line; no limit when absent. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (text: string) => void;
  readonly onOutput: GuestCommand["onOutput"];
  /** Takes what the person should know of a line that has ended, as a clause. */
  readonly onNote: (text: string) => void;
  /** Called once, when the VM is ready for the first line. */
  readonly openLines: (ready: ReadyShell) => LineSource;
}

/**
 * Boots an image and does in it what the lines say, until there are none.
 *
 * @returns the status of the last command, 0 without any; that of a report when more was written to a volume
 * than it may hold, which could not be prevented
 * @throws {GvmiFormatError} when the file is not a .gvmi
 * @throws {VmError} when the VM does not boot, or ends
 * @throws {DeadlineError} when the boot takes too long
 */
export async function shellInImage(input: ShellInput): Promise<number> {
  const image = await readBootableImage(input.path);
  const { signal, onProgress } = input;
  return withVirtualMachine(
    image,
    { ...bootOptions(input.vm), signal, onProgress },
    async (machine) => {
      const { runner, ...chosen } = await chooseRunner(machine, {
        ...input,
        workingDirectory: image.workingDirectory,
      });
      const lines = input.openLines({ ...chosen, machine });
      const status = await runSession({ ...input, machine, runner, lines });
      const excess = await excessOf(machine);
      return excess ? input.report(excess) : status;
    },
  );
}

async function excessOf(machine: VirtualMachine): Promise<VmError | undefined> {
  try {
    return storageExcess(await machine.measure());
  } catch (error) {
    // What the lines did counts; a guest that the last one has brought down is no failure of theirs.
    if (error instanceof VmError) return undefined;
    throw error;
  }
}
