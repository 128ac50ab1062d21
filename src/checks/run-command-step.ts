import { asClause, DeadlineError, VmError } from "../errors.ts";
import { LimitedBuffer } from "../system/limited-buffer.ts";
import type { GuestCommand } from "../vm/guest-command.ts";
import type { VirtualMachine } from "../vm/virtual-machine.ts";
import { conventionalGuestExitCode } from "./judge.ts";
import type { TestLimits } from "./planned-test.ts";
import type { CommandOutcome } from "./test-outcome.ts";
import type { StepResult } from "./test-result.ts";

const MIB = 1024 * 1024;

/** Of each output stream of a test's command. */
export const DEFAULT_OUTPUT_LIMIT_MIB = 1;

export interface CommandStep extends Pick<GuestCommand, "argv" | "directory" | "user" | "signal"> {
  readonly name?: string | undefined;
  readonly instance?: string | undefined;
  /** Milliseconds; the limits' own when absent. */
  readonly timeoutMs?: number | undefined;
}

export interface CommandRun {
  readonly outcome: CommandOutcome;
  readonly step: StepResult;
}

/**
 * Runs a command in the guest and keeps the beginning of what it prints. One that cannot start or does not end in
 * time is an outcome with a problem.
 *
 * @throws {VmError} when the VM ends
 * @throws the abort reason
 */
export async function runCommandStep(
  machine: VirtualMachine,
  step: CommandStep,
  limits: TestLimits,
): Promise<CommandRun> {
  const limitBytes = (limits.outputLimitMib ?? DEFAULT_OUTPUT_LIMIT_MIB) * MIB;
  const output = { stdout: new LimitedBuffer(limitBytes), stderr: new LimitedBuffer(limitBytes) };
  const started = performance.now();
  const ended = (rest: Pick<CommandOutcome, "exit" | "problem">): CommandRun => {
    const outcome: CommandOutcome = {
      ...rest,
      stdout: output.stdout.toString(),
      stderr: output.stderr.toString(),
      cut: (["stdout", "stderr"] as const).filter((stream) => output[stream].isCut),
    };
    return { outcome, step: stepOf(step, outcome, Math.round(performance.now() - started)) };
  };
  const { argv, directory, user, signal } = step;
  try {
    const exit = await machine.run({
      argv,
      ...(directory !== undefined && { directory }),
      ...(user && { user }),
      ...(signal && { signal }),
      timeoutMs: step.timeoutMs ?? limits.timeoutMs,
      onOutput: (stream, chunk) => output[stream].append(chunk),
    });
    return ended({ exit });
  } catch (error) {
    const isOwn = error instanceof DeadlineError || error instanceof VmError;
    if (!isOwn || !machine.isUsable()) throw error;
    return ended({ problem: asClause(error) });
  }
}

function stepOf(
  { argv, name, instance }: CommandStep,
  outcome: CommandOutcome,
  durationMs: number,
): StepResult {
  return {
    ...(name !== undefined && { name }),
    ...(instance !== undefined && { instance }),
    command: argv,
    exitCode: outcome.exit ? conventionalGuestExitCode(outcome.exit) : null,
    stdout: { text: outcome.stdout, truncated: outcome.cut?.includes("stdout") ?? false },
    stderr: { text: outcome.stderr, truncated: outcome.cut?.includes("stderr") ?? false },
    durationMs,
    message: outcome.problem ?? "",
  };
}

/** A step that ran no command, such as a transfer. */
export function silentStep(name: string, durationMs: number, message = ""): StepResult {
  const nothing = { text: "", truncated: false };
  return {
    name,
    command: [],
    exitCode: null,
    stdout: nothing,
    stderr: nothing,
    durationMs: Math.round(durationMs),
    message,
  };
}
