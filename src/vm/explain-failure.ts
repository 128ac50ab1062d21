import { setTimeout as delay } from "node:timers/promises";
import { DeadlineError, VmError } from "../errors.ts";
import { explainGuestEnd } from "./boot-failure.ts";
import { consoleTail, type QemuExit, type QemuProcess } from "./qemu/process.ts";
import { CommandStartError } from "./virtual-machine.ts";

/**
 * When the guest has ended, its console knows why, and the error that the closed socket caused does not.
 */
export async function explainFailure(
  error: unknown,
  booted: boolean,
  qemu: QemuProcess,
  consoleFile: string,
): Promise<unknown> {
  const console = await consoleTail(consoleFile);
  if (error instanceof DeadlineError && !booted) {
    return new DeadlineError(error.message, { hint: error.hint, details: console, cause: error });
  }
  if (!(error instanceof VmError) || error instanceof CommandStartError) return error;
  const exit = await endOf(qemu);
  const end = exit?.stderr.trim() ?? "";
  if (!booted && exit?.exitCode) {
    return new VmError("QEMU could not start the VM.", {
      hint: "Its own message is above. Check vm.memory, vm.cpus and vm.kernel, and what this machine has.",
      details: end,
      cause: error,
    });
  }
  const explanation = explainGuestEnd(await consoleTail(consoleFile, 200));
  if (explanation) {
    return new VmError(`The VM ended: ${explanation.reason}.`, {
      hint: explanation.hint,
      details: console,
      cause: error,
    });
  }
  if (!booted && exit) {
    return new VmError("The VM ended before its guest agent answered.", {
      hint: "With too little memory the guest's kernel does not even start: allow more with --memory, or vm.memory.",
      details: console,
      cause: error,
    });
  }
  return new VmError(error.message, {
    hint: error.hint,
    details: [end, console].filter(Boolean).join("\n") || error.details,
    cause: error,
  });
}

/** What QEMU said, when it has ended or does so within a second: the socket may close a little earlier. */
async function endOf(qemu: QemuProcess): Promise<QemuExit | undefined> {
  return Promise.race([qemu.ended, delay(1000, undefined, { ref: false })]);
}
