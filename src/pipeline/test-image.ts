import { extname } from "node:path";
import { builtInTests } from "../checks/built-in-tests.ts";
import { type Gvmi, readGvmi } from "../gvmi/read.ts";
import type { TestSettings, VmSettings } from "../settings/settings.ts";
import { bootableImage } from "./bootable-image.ts";
import { type ProfileResult, RESULT_SCHEMA, type TestImageResult } from "./profile-result.ts";
import type { Progress } from "./progress.ts";
import { testProfile } from "./test-profile.ts";

export { assertTestsPassed } from "./assert-tests-passed.ts";
export type { ProfileResult, TestImageResult } from "./profile-result.ts";

export interface TestImageInput {
  readonly path: string;
  readonly vm: VmSettings;
  readonly tests: readonly TestSettings[];
  readonly signal?: AbortSignal;
  readonly progress: Progress;
}

/**
 * Boots an image under each profile in turn and runs the same tests in it. What goes wrong under one is
 * that one's result, and the next one has its turn.
 *
 * @throws {GvmiFormatError} when the file is not a .gvmi
 * @throws {MissingToolError} without QEMU, a kernel, or the runtime that is asked for
 * @throws the abort reason
 */
export async function testImage(input: TestImageInput): Promise<TestImageResult> {
  const startedAt = new Date().toISOString();
  const started = performance.now();
  const gvmi = await readGvmi(input.path);
  const tests = input.tests.length > 0 ? input.tests : await testsOf(gvmi);
  const image = bootableImage(gvmi);
  const profiles: ProfileResult[] = [];
  const matrix = vmOfEachProfile(input.vm);
  for (const vm of matrix) {
    const progress = matrix.length > 1 ? labelled(input.progress, vm.profile) : input.progress;
    profiles.push(await testProfile({ ...input, image, vm, tests, progress }));
  }
  return {
    schema: RESULT_SCHEMA,
    ok: profiles.every((profile) => profile.ok),
    image: input.path,
    startedAt,
    durationMs: Math.round(performance.now() - started),
    profiles,
  };
}

function vmOfEachProfile(vm: VmSettings): VmSettings[] {
  const profiles = vm.profiles ?? [];
  if (profiles.length < 2) return [vm];
  return profiles.map((profile) => ({
    ...vm,
    profile,
    // One file for each, or the last would be all that is left.
    ...(vm.console !== undefined && { console: withLabel(vm.console, profile) }),
  }));
}

/** `console.txt` becomes `console-v0.4.txt`. */
function withLabel(path: string, label: string): string {
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}-${label}${extension}`;
}

function labelled(progress: Progress, label = ""): Pick<Progress, "detail" | "note"> {
  return {
    detail: (text) => progress.detail(`${label}  ${text}`),
    note: (text) => progress.note(`${label}  ${text}`),
  };
}

function testsOf({ path, squashfsBytes, superblock }: Gvmi): Promise<TestSettings[]> {
  return builtInTests({ path, squashfsBytes, compression: superblock.compression });
}
