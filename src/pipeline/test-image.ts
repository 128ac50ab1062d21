import { extname } from "node:path";
import { builtInTests } from "../checks/built-in-tests.ts";
import { withImageFiles } from "../checks/files/image-files.ts";
import { type PlanInput, planTests } from "../checks/plan-tests.ts";
import type { PlannedTest } from "../checks/planned-test.ts";
import { type Gvmi, readGvmi } from "../gvmi/read.ts";
import type { VmSettings } from "../settings/settings.ts";
import type { Profile } from "../vm/profiles.ts";
import { bootableImage } from "./bootable-image.ts";
import { type ProfileResult, RESULT_SCHEMA, type TestImageResult } from "./profile-result.ts";
import type { Progress } from "./progress.ts";
import { testProfile } from "./test-profile.ts";
import type { TestingOptions } from "./test-run.ts";
import { type Selection, selectTests } from "./test-selection.ts";

export { assertTestsPassed } from "./assert-tests-passed.ts";
export type { ProfileResult, TestImageResult } from "./profile-result.ts";

export interface TestImageInput extends PlanInput, Selection, TestingOptions {
  readonly path: string;
  readonly vm: VmSettings;
  readonly signal?: AbortSignal | undefined;
  readonly progress: Pick<Progress, "detail" | "note">;
}

/**
 * Runs the same tests on an image under each profile in turn. What goes wrong under one is that one's result, and
 * the next one has its turn.
 *
 * @throws {GvmiFormatError} when the file is not a .gvmi
 * @throws {SettingsError} when a file of tests is wrong
 * @throws {UsageError} when no test has such a name
 * @throws {MissingToolError} without QEMU, a kernel, or the runtime that is asked for
 * @throws the abort reason
 */
export async function testImage(input: TestImageInput): Promise<TestImageResult> {
  const startedAt = new Date().toISOString();
  const started = performance.now();
  const gvmi = await readGvmi(input.path);
  const tests = await plannedTests(gvmi, input);
  const image = bootableImage(gvmi);
  const { compression } = gvmi.superblock;
  const profiles: ProfileResult[] = [];
  await withImageFiles({ ...gvmi, compression }, async (atRest) => {
    const underTest = { gvmi, atRest };
    const matrix = vmOfEachProfile(input.vm, tests);
    for (const vm of matrix) {
      const progress = matrix.length > 1 ? labelled(input.progress, vm.profile) : input.progress;
      const own = matrix.length > 1 ? tests.filter((test) => isFor(test, vm, input.vm)) : tests;
      profiles.push(await testProfile({ ...input, image, underTest, vm, tests: own, progress }));
    }
  });
  return {
    schema: RESULT_SCHEMA,
    ok: profiles.every((profile) => profile.ok),
    image: input.path,
    startedAt,
    durationMs: Math.round(performance.now() - started),
    profiles,
  };
}

/**
 * The tests that are to run on an image: those of the input, or the built-in one when there is none.
 *
 * @throws {SettingsError} when a file of tests is wrong
 * @throws {UsageError} when no test has such a name
 */
export async function plannedTests(
  gvmi: Gvmi,
  input: PlanInput & Selection,
): Promise<PlannedTest[]> {
  const planned = await planTests(input);
  const tests = planned.length > 0 ? planned : await planTests({ tests: await testsOf(gvmi) });
  return selectTests(tests, input);
}

/** Those of the settings, and those that a test asks for. */
function vmOfEachProfile(vm: VmSettings, tests: readonly PlannedTest[]): VmSettings[] {
  const wanted = asked(vm);
  const added = tests.flatMap((test) => test.vm?.profile ?? []);
  const profiles = [...new Set([...wanted, ...added])];
  if (profiles.length < 2)
    return profiles[0] === undefined ? [vm] : [{ ...vm, profile: profiles[0] }];
  return profiles.map((profile) => ({
    ...vm,
    ...(profile !== undefined && { profile }),
    // One file for each, or the last would be all that is left.
    ...(vm.console !== undefined && { console: withLabel(vm.console, profile ?? "default") }),
  }));
}

/** Undefined is what the runtime decides. */
function asked({ profile, profiles = [] }: VmSettings): (Profile | undefined)[] {
  return profiles.length > 0 ? [...profiles] : [profile];
}

/** A test that names no profile is run on those of the settings. */
function isFor(test: PlannedTest, vm: VmSettings, settings: VmSettings): boolean {
  const own = test.vm?.profile;
  return own === undefined ? asked(settings).includes(vm.profile) : own === vm.profile;
}

/** `console.txt` becomes `console-v0.4.txt`. */
function withLabel(path: string, label: string): string {
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}-${label}${extension}`;
}

function labelled(
  progress: Pick<Progress, "detail" | "note">,
  label = "default",
): Pick<Progress, "detail" | "note"> {
  return {
    detail: (text) => progress.detail(`${label}  ${text}`),
    note: (text) => progress.note(`${label}  ${text}`),
  };
}

function testsOf({ path, squashfsBytes, superblock }: Gvmi) {
  return builtInTests({ path, squashfsBytes, compression: superblock.compression });
}
