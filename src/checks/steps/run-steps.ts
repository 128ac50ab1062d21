import { asClause, GolemImageError, SettingsError } from "../../errors.ts";
import { withInstanceAddresses } from "../../settings/instance-references.ts";
import type {
  CommandSettings,
  ExpectSettings,
  StepSettings,
  TestSettings,
} from "../../settings/test-settings.ts";
import { getFile, putFile } from "../../vm/transfer.ts";
import type { VirtualMachine } from "../../vm/virtual-machine.ts";
import { commandArgv } from "../command-argv.ts";
import { hintOf } from "../hint-of.ts";
import { judgeExpectations } from "../judge-expectations.ts";
import type { TestContext, TestOutcome } from "../planned-test.ts";
import { DEFAULT_OUTPUT_LIMIT_MIB, runCommandStep, silentStep } from "../run-command-step.ts";
import type { Explanation, StepResult } from "../test-result.ts";
import { explainHostNames } from "./explain-host-names.ts";
import { Service } from "./service.ts";

/** A VM that steps run in. */
export interface Instance {
  /** Undefined for a test without named instances. */
  readonly name: string | undefined;
  readonly machine: VirtualMachine;
  /** On the VPN that it shares with the others. */
  readonly address: string | undefined;
}

const MIB = 1024 * 1024;
const DEFAULT_EXPECT: ExpectSettings = { exitCode: 0, stdout: [], stderr: [], files: [] };

/** A step of a run, on its instance. */
interface Placed {
  readonly run: Run;
  readonly step: StepSettings;
  readonly label: string;
  readonly instance: Instance;
}

interface Run {
  readonly test: TestSettings;
  readonly context: TestContext;
  readonly instances: readonly Instance[];
  readonly addresses: ReadonlyMap<string, string>;
  readonly services: StartedService[];
  readonly steps: StepResult[];
  /** What to do about a step that could not be done. */
  explanation: Explanation | undefined;
}

interface StartedService {
  readonly service: Service;
  /** Of its step in the results. */
  readonly position: number;
  /** False while it is waited for, and when that was in vain: then the step says so. */
  wasReady: boolean;
}

/**
 * Runs steps one after the other, until one of them fails; services are stopped at the end.
 *
 * @throws {VmError} when a VM ends
 */
export async function runSteps(
  test: TestSettings,
  instances: readonly Instance[],
  context: TestContext,
): Promise<TestOutcome> {
  const addresses = new Map(
    instances.flatMap(({ name, address }) =>
      name === undefined || address === undefined ? [] : [[name, address] as const],
    ),
  );
  const run: Run = {
    test,
    context,
    instances,
    addresses,
    services: [],
    steps: [],
    explanation: undefined,
  };
  const problems: string[] = [];
  try {
    for (const [index, step] of (test.steps ?? []).entries()) {
      const label = step.name ?? `step ${index + 1}`;
      const found = await runStep(run, step, label);
      problems.push(...found.map((problem) => `${label}: ${problem}`));
      if (found.length > 0) break;
    }
    // A service that failed meanwhile is likely to be why something else did.
    for (const { service, wasReady } of run.services) {
      if (wasReady) problems.push(...[service.endProblem() ?? []].flat());
    }
  } finally {
    for (const { service, position } of run.services) {
      await service.stop();
      run.steps[position] = service.result([service.endProblem() ?? []].flat());
    }
  }
  const names = problems.length > 0 ? explainHostNames(run.steps, addresses) : undefined;
  return { problems, steps: run.steps, explanation: names ?? run.explanation };
}

async function runStep(run: Run, step: StepSettings, label: string): Promise<string[]> {
  const instance = instanceOf(run, step);
  const { machine } = instance;
  const started = performance.now();
  try {
    const placed = { run, step, label, instance };
    if (step.run !== undefined) return await runCommand(placed, step.run);
    if (step.background !== undefined) return await startService(placed, step.background);
    if (step.put) await putFile(machine.volumes, step.put.from, step.put.to, machine.signal);
    if (step.get) await getFile(machine.volumes, step.get.from, step.get.to, machine.signal);
    run.steps.push(silentStep(label, performance.now() - started));
    return [];
  } catch (error) {
    if (!(error instanceof GolemImageError) || !machine.isUsable()) throw error;
    const message = asClause(error);
    run.steps.push(silentStep(label, performance.now() - started, message));
    run.explanation = hintOf(error);
    return [message];
  }
}

async function runCommand(
  { run, step, label, instance: { machine, name: instance } }: Placed,
  command: CommandSettings,
): Promise<string[]> {
  const { outcome, step: result } = await runCommandStep(
    machine,
    {
      name: label,
      instance,
      argv: argvOf(run, command),
      timeoutMs: step.timeout ?? run.test.timeout,
    },
    run.context.limits,
  );
  const expected = withAddresses(step.expect ?? DEFAULT_EXPECT, run.addresses);
  const problems = await judgeExpectations(expected, outcome, machine.volumes);
  run.steps.push({ ...result, message: problems.join("; ") });
  return problems;
}

async function startService(
  { run, step, label, instance: { machine, name: instance } }: Placed,
  command: CommandSettings,
): Promise<string[]> {
  if (step.until?.file !== undefined && !machine.isOurs) {
    throw new SettingsError(
      "until: {file} needs the guest agent of the system runtime; use until: {log} under the official one.",
    );
  }
  const { outputLimitMib = DEFAULT_OUTPUT_LIMIT_MIB, timeoutMs } = run.context.limits;
  const service = new Service({
    machine,
    argv: argvOf(run, command),
    name: label,
    instance,
    outputLimitBytes: outputLimitMib * MIB,
  });
  const started = { service, position: run.steps.length, wasReady: step.until === undefined };
  run.services.push(started);
  run.steps.push(service.result([]));
  if (!step.until) return [];
  const limitMs = step.timeout ?? run.test.timeout ?? timeoutMs;
  const problems = await service.waitUntilReady(step.until, limitMs);
  started.wasReady = problems.length === 0;
  return problems;
}

function instanceOf({ instances }: Run, { on }: StepSettings): Instance {
  const found = on === undefined ? instances[0] : instances.find(({ name }) => name === on);
  if (found === undefined) throw new Error(`There is no instance ${on}.`);
  return found;
}

function argvOf({ addresses }: Run, command: CommandSettings): [string, ...string[]] {
  const [program, ...rest] = commandArgv(command).map((word) =>
    withInstanceAddresses(word, addresses),
  );
  return [program ?? "", ...rest];
}

/** A pattern may name an address, too; its dots are then any character, which does no harm. */
function withAddresses(
  expect: ExpectSettings,
  addresses: ReadonlyMap<string, string>,
): ExpectSettings {
  const replacedIn = (pattern: string) => withInstanceAddresses(pattern, addresses);
  const { stdout, stderr, files, json } = expect;
  return {
    ...expect,
    stdout: stdout.map(replacedIn),
    stderr: stderr.map(replacedIn),
    files: files.map((file) => ({ ...file, contents: file.contents.map(replacedIn) })),
    json: json?.map(({ matches, ...field }) => ({
      ...field,
      ...(matches !== undefined && { matches: replacedIn(matches) }),
    })),
  };
}
