import { GolemImageError } from "../errors.ts";
import type { TestSettings } from "../settings/test-settings.ts";
import { getFile, putFile } from "../vm/transfer.ts";
import { commandArgv } from "./command-argv.ts";
import { judgeFiles } from "./expected-files.ts";
import { judgeJson } from "./json-fields.ts";
import { judgeCommand } from "./judge.ts";
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
    problems.push(...(await judgeCommand(test.expect, outcome)));
    problems.push(...(await judgeFiles(test.expect.files, volumes)));
    if (outcome.exit) {
      problems.push(...(await judgeJson(test.expect.json ?? [], outcome.stdout, volumes)));
    }
    steps.push({ ...step, message: problems.join("; ") });
    for (const { from, to } of test.get) await getFile(volumes, from, to, signal);
  } catch (error) {
    if (!(error instanceof GolemImageError) || !machine.isUsable()) throw error;
    problems.push(error.message.replace(/\.$/, ""));
  }
  return { problems, steps };
}
