import { DeadlineError, GolemImageError } from "../errors.ts";
import type { TestSettings } from "../settings/settings.ts";
import { LimitedBuffer } from "../system/limited-buffer.ts";
import { getFile, putFile } from "../vm/transfer.ts";
import type { OutputStream, VirtualMachine } from "../vm/virtual-machine.ts";
import { judgeFiles } from "./expected-files.ts";
import { conventionalGuestExitCode, judgeCommand } from "./judge.ts";
import type { CommandOutcome } from "./test-outcome.ts";
import type { StepResult, TestResult } from "./test-result.ts";

export interface TestLimits {
  /** Milliseconds for a command without a timeout of its own. */
  readonly timeoutMs: number;
  /** Of each stream, what is kept for the expectations and the report; 1 MiB when absent. */
  readonly outputLimitMib?: number | undefined;
}

const MIB = 1024 * 1024;
/** Of each output stream of a test's command. */
export const DEFAULT_OUTPUT_LIMIT_MIB = 1;

/** What a test did, before it is known where it stands. */
export type TestOutcome = Pick<
  TestResult,
  "name" | "verdict" | "ok" | "exitCode" | "durationMs" | "message" | "problems" | "steps"
>;

/**
 * Runs one test in a booted VM: puts files, runs the command, compares, gets files.
 *
 * A failed test is a result. What is thrown means that no further test can run: the VM has ended, or
 * the run was interrupted.
 */
export async function runTest(
  machine: VirtualMachine,
  test: TestSettings,
  limits: TestLimits,
): Promise<TestOutcome> {
  const started = performance.now();
  const problems: string[] = [];
  let outcome: CommandOutcome | undefined;
  try {
    for (const { from, to } of test.put) await putFile(machine.volumes, from, to, machine.signal);
    outcome = await runCommandOf(machine, test, limits);
    problems.push(...(await judgeCommand(test.expect, outcome)));
    problems.push(...(await judgeFiles(test.expect.files, machine.volumes)));
    for (const { from, to } of test.get) await getFile(machine.volumes, from, to, machine.signal);
  } catch (error) {
    if (!(error instanceof GolemImageError) || !machine.isUsable()) throw error;
    problems.push(sentence(error));
  }
  const message = problems.join("; ");
  return {
    name: test.name,
    verdict: problems.length === 0 ? "passed" : "failed",
    ok: problems.length === 0,
    exitCode: outcome?.exit ? conventionalGuestExitCode(outcome.exit) : null,
    durationMs: Math.round(performance.now() - started),
    message,
    problems,
    steps: outcome ? [stepOf(argvOf(test.run), outcome, message)] : [],
  };
}

function stepOf(command: readonly string[], outcome: CommandOutcome, message: string): StepResult {
  const isCut = (stream: OutputStream) => outcome.cut?.includes(stream) ?? false;
  return {
    command,
    exitCode: outcome.exit ? conventionalGuestExitCode(outcome.exit) : null,
    stdout: { text: outcome.stdout, truncated: isCut("stdout") },
    stderr: { text: outcome.stderr, truncated: isCut("stderr") },
    durationMs: outcome.exit?.durationMs ?? 0,
    message,
  };
}

async function runCommandOf(
  machine: VirtualMachine,
  test: TestSettings,
  limits: TestLimits,
): Promise<CommandOutcome> {
  const limitBytes = (limits.outputLimitMib ?? DEFAULT_OUTPUT_LIMIT_MIB) * MIB;
  const output = { stdout: new LimitedBuffer(limitBytes), stderr: new LimitedBuffer(limitBytes) };
  const ended = (rest: Pick<CommandOutcome, "exit" | "problem">): CommandOutcome => ({
    ...rest,
    stdout: output.stdout.toString(),
    stderr: output.stderr.toString(),
    cut: (["stdout", "stderr"] as const).filter((stream) => output[stream].isCut),
  });
  try {
    const exit = await machine.run({
      argv: argvOf(test.run),
      timeoutMs: test.timeout ?? limits.timeoutMs,
      onOutput: (stream, chunk) => output[stream].append(chunk),
    });
    return ended({ exit });
  } catch (error) {
    if (!(error instanceof DeadlineError) || !machine.isUsable()) throw error;
    return ended({ problem: sentence(error) });
  }
}

function argvOf(run: TestSettings["run"]): [string, ...string[]] {
  if (typeof run === "string") return ["/bin/sh", "-c", run];
  const [program = "", ...rest] = run;
  return [program, ...rest];
}

function sentence(error: Error): string {
  return error.message.replace(/\.$/, "");
}
