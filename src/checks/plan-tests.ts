import { SettingsError } from "../errors.ts";
import type { TestSettings } from "../settings/test-settings.ts";
import { CHECKS } from "./built-in/checks.ts";
import type { PlannedTest } from "./planned-test.ts";
import { machineOf } from "./planned-test.ts";
import { readTestFile } from "./read-test-file.ts";
import { runTest } from "./run-test.ts";
import { planScript } from "./script/plan.ts";
import { runWithInstances } from "./steps/run-instances.ts";
import { runSteps } from "./steps/run-steps.ts";
import { planStructureTests } from "./structure/parse.ts";
import type { Compatibility } from "./structure/schema.ts";
import type { TestSource } from "./test-result.ts";

export interface PlanInput {
  /** Of the settings file. */
  readonly tests: readonly TestSettings[];
  readonly testSources?: readonly TestSource[] | undefined;
  /** Paths of files with more tests. */
  readonly testFiles?: readonly string[] | undefined;
  readonly compatibility?: Compatibility | undefined;
}

/**
 * Makes tests ready to run: those of the settings first, then those of each file.
 *
 * @throws {SettingsError} when a file cannot be read
 * @throws {SettingsFileError} when one is wrong, with every problem and its place
 */
export async function planTests(input: PlanInput): Promise<PlannedTest[]> {
  const planned: PlannedTest[] = [];
  for (const [index, test] of input.tests.entries()) {
    planned.push(await planOwnTest(test, index, input.testSources?.[index]));
  }
  for (const path of input.testFiles ?? []) planned.push(...(await planFile(path, input)));
  return planned;
}

async function planFile(path: string, { compatibility }: PlanInput): Promise<PlannedTest[]> {
  const document = await readTestFile(path);
  const { value } = document;
  if (Array.isArray(value)) {
    const script = await planScript({ path, document });
    return [{ id: path, name: path, source: { file: path, line: 1 }, ...script }];
  }
  if (typeof value === "object" && value !== null && "schemaVersion" in value) {
    return planStructureTests({ path, document, compatibility });
  }
  throw new SettingsError(
    `${path} is no test file: it is neither a container-structure-test file (a map with schemaVersion: "2.0.0") nor an exe-script (a list of commands).`,
    { hint: "docs/tests.md describes both. Tests of our own kind go into golem-image.yml." },
  );
}

async function planOwnTest(
  test: TestSettings,
  index: number,
  source: TestSource | undefined,
): Promise<PlannedTest> {
  const { name, isolation, memory, cpus, profile, network } = test;
  return {
    id: source ? `${source.file}#tests[${index}]` : `tests[${index}]`,
    name,
    source: source ?? null,
    isolation,
    vm: { memory, cpus, profile, network },
    ...(await kindOf(test)),
  };
}

async function kindOf(
  test: TestSettings,
): Promise<Pick<PlannedTest, "kind" | "reach" | "isLast" | "run">> {
  const { steps, script, check, timeout } = test;
  if (check !== undefined) {
    const { reach, isLast, run } = CHECKS[check];
    return { kind: "built-in", reach, isLast, run: (context) => run(context, timeout) };
  }
  if (script !== undefined) {
    return planScript({ path: script, document: await readTestFile(script), timeoutMs: timeout });
  }
  if (test.instances) {
    return {
      kind: "steps",
      reach: "instances",
      run: (context) => runWithInstances(test, context),
    };
  }
  if (steps) {
    const run: PlannedTest["run"] = (context) => {
      const alone = { name: undefined, machine: machineOf(context), address: undefined };
      return runSteps(test, [alone], context);
    };
    return { kind: "steps", reach: "changes", run };
  }
  return { kind: "command", reach: "changes", run: (context) => runTest(test, context) };
}
