import { asClause, GolemImageError } from "../errors.ts";
import type { TestSettings } from "../settings/test-settings.ts";
import { getFile, putFile } from "../vm/transfer.ts";
import { commandArgv } from "./command-argv.ts";
import { hintOf } from "./hint-of.ts";
import { judgeExpectations } from "./judge-expectations.ts";
import { machineOf, type TestContext, type TestOutcome } from "./planned-test.ts";
import { runCommandStep } from "./run-command-step.ts";
import type { StepResult } from "./test-result.ts";

/**
 * Runs a test of one command in a booted VM: puts files, runs the command, compares, gets files.
 *
 * @throws {VmError} when the VM ends
 * @throws the abort reason
 */
export async function runTest(test: TestSettings, context: TestContext): Promise<TestOutcome> {
  const machine = machineOf(context);
  const { volumes, signal } = machine;
  const problems: string[] = [];
  const steps: StepResult[] = [];
  try {
    for (const { from, to } of test.put) await putFile(volumes, from, to, signal);
    const command = { argv: commandArgv(test.run ?? []), timeoutMs: test.timeout };
    const { outcome, step } = await runCommandStep(machine, command, context.limits);
    problems.push(...(await judgeExpectations(test.expect, outcome, volumes)));
    steps.push({ ...step, message: problems.join("; ") });
    for (const { from, to } of test.get) await getFile(volumes, from, to, signal);
  } catch (error) {
    if (!(error instanceof GolemImageError) || !machine.isUsable()) throw error;
    problems.push(asClause(error));
    return { problems, steps, explanation: hintOf(error) };
  }
  return { problems, steps };
}
