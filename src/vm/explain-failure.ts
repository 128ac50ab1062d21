import { setTimeout as delay } from "node:timers/promises";
import { DeadlineError, VmError } from "../errors.ts";
import type { AgentClient } from "./agent/client.ts";
import { type BootFailure, explainGuestEnd } from "./boot-failure.ts";
import type { ConsoleLog } from "./console-log.ts";
import { CommandStartError } from "./guest-errors.ts";
import { missingBootRequirement } from "./image/boot-requirements.ts";
import { keepConsole } from "./kept-console.ts";
import type { QemuExit, QemuProcess } from "./qemu/process.ts";

/** A run in which something was thrown. */
export interface FailedRun {
  readonly qemu: QemuProcess;
  readonly console: ConsoleLog;
  /** Whether the console's file outlives the run because the person asked for it. */
  readonly isConsoleKept: boolean;
  /** Absent until the guest agent has answered. */
  readonly agent: AgentClient | undefined;
  /** Path of the image. */
  readonly image: string;
}

/** As many of the console's last lines are searched for a reason. */
const SEARCHED_LINES = 400;

/**
 * When the guest has ended, its console knows why, and the error that the closed socket caused does not.
 * QEMU is ended by this, and the console completed; where it is, and its last lines, become the details.
 */
export async function explainFailure(error: unknown, run: FailedRun): Promise<unknown> {
  if (!isAboutTheVm(error, run)) return error;
  const exit = error instanceof DeadlineError ? undefined : await endOf(run.qemu);
  await run.qemu.kill();
  run.console.close();
  const path = run.isConsoleKept ? run.console.path : await keepConsole(run.console.path);
  const evidence = [
    exit?.stderr.trim(),
    run.console.tail(),
    path && `(The whole console is in ${path})`,
  ];
  const context = { details: evidence.filter(Boolean).join("\n"), cause: error };
  if (error instanceof DeadlineError) {
    return new DeadlineError(error.message, { ...context, hint: error.hint });
  }
  const reason = (exit && endOfQemu(exit, run)) ?? (await endOfGuest(run, exit !== undefined));
  return reason
    ? new VmError(`${reason.reason}.`, { ...context, hint: reason.hint })
    : new VmError(error.message, {
        ...context,
        details: context.details || error.details,
        hint: error.hint,
      });
}

/** A guest that still answers has nothing to do with the failure of what was done with it. */
function isAboutTheVm(error: unknown, { agent }: FailedRun): error is DeadlineError | VmError {
  if (error instanceof DeadlineError) return true;
  if (!(error instanceof VmError) || error instanceof CommandStartError) return false;
  return agent === undefined || !agent.isConnected;
}

/** What QEMU said, when it has ended or does so within a second: the socket may close a little earlier. */
async function endOf(qemu: QemuProcess): Promise<QemuExit | undefined> {
  return Promise.race([qemu.ended, delay(1000, undefined, { ref: false })]);
}

function endOfQemu(exit: QemuExit, { agent }: FailedRun): BootFailure | undefined {
  if (exit.signal !== undefined) {
    return {
      reason: `QEMU was killed by ${exit.signal}`,
      hint: "Something else on this machine ended it; the kernel does when memory is short (see `dmesg`). Free some, or give the VM less with --memory.",
    };
  }
  if (exit.exitCode === 0) return undefined;
  return agent === undefined
    ? {
        reason: "QEMU could not start the VM",
        hint: "Its own message is above. Check vm.memory, vm.cpus and vm.kernel, and what this machine has.",
      }
    : {
        reason: `QEMU ended with code ${exit.exitCode ?? "unknown"}`,
        hint: "Its own message is above, if it left one.",
      };
}

async function endOfGuest(
  { console, agent, image }: FailedRun,
  hasEnded: boolean,
): Promise<BootFailure | undefined> {
  const text = console.tail(SEARCHED_LINES);
  const explanation = explainGuestEnd(text, {
    imageProblem: await missingBootRequirement(image),
    hasAnswered: agent !== undefined,
  });
  if (explanation) return { ...explanation, reason: `The VM ended: ${explanation.reason}` };
  if (agent !== undefined || !hasEnded) return undefined;
  return {
    reason: "The VM ended before its guest agent answered",
    hint: "With too little memory the guest's kernel does not even start: allow more with --memory, or vm.memory.",
  };
}
