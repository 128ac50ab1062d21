import { builtInTests } from "../checks/built-in-tests.ts";
import { runTest } from "../checks/run-test.ts";
import type { TestResult } from "../checks/test-outcome.ts";
import { DeadlineError, TestsFailedError } from "../errors.ts";
import { type Gvmi, readGvmi } from "../gvmi/read.ts";
import type { TestSettings, VmSettings } from "../settings/settings.ts";
import { withDeadline } from "../system/deadline.ts";
import type { GuestStatistics } from "../vm/agent/client.ts";
import { withVirtualMachine } from "../vm/boot.ts";
import type { Profile } from "../vm/profiles.ts";
import type { Accelerator } from "../vm/qemu/command-line.ts";
import { type RuntimeSummary, summarizeRuntime } from "../vm/runtime.ts";
import type { VirtualMachine } from "../vm/virtual-machine.ts";
import { bootableImage, bootOptions } from "./bootable-image.ts";
import type { Progress } from "./progress.ts";

export interface TestImageInput {
  readonly path: string;
  readonly vm: VmSettings;
  readonly tests: readonly TestSettings[];
  readonly signal?: AbortSignal;
  readonly progress: Progress;
}

/** What `test --json` prints. */
export interface TestImageResult {
  readonly ok: boolean;
  readonly profile: Profile;
  readonly accelerator: Accelerator;
  readonly acceleratorReason: string;
  readonly runtime: RuntimeSummary;
  /** Milliseconds from QEMU's start until the volumes were mounted. */
  readonly readyMs: number;
  readonly tests: readonly TestResult[];
  /** After the last test, in bytes; absent under the official runtime, whose agent does not tell. */
  readonly usage?: GuestStatistics;
}

/**
 * Boots an image and runs the tests in it, one after the other in the same VM: as on a provider, what one
 * leaves behind the next one finds.
 *
 * @throws {GvmiFormatError} when the file is not a .gvmi
 * @throws {MissingToolError} without QEMU or a kernel
 * @throws {VmError} when the VM does not boot, or ends
 * @throws {DeadlineError} when the boot, or all together, take too long
 */
export async function testImage(input: TestImageInput): Promise<TestImageResult> {
  const { vm, progress } = input;
  const gvmi = await readGvmi(input.path);
  const tests = input.tests.length > 0 ? input.tests : await testsOf(gvmi);
  return withDeadline(vm.timeouts.total, input.signal, totalTimeout(vm), (signal) =>
    withVirtualMachine(
      bootableImage(gvmi),
      {
        ...bootOptions(vm),
        signal,
        onProgress: (text) => progress.detail(text),
        onRuntime: (description) => progress.note(description),
      },
      (machine) => runAll(machine, tests, input),
    ),
  );
}

function testsOf({ path, squashfsBytes, superblock }: Gvmi): Promise<TestSettings[]> {
  return builtInTests({ path, squashfsBytes, compression: superblock.compression });
}

/** @throws {TestsFailedError} when a test has failed, naming the first */
export function assertTestsPassed(result: TestImageResult, path: string): void {
  const failed = result.tests.filter((test) => !test.ok);
  const [first] = failed;
  if (!first) return;
  throw new TestsFailedError(
    `${failed.length} of ${result.tests.length} tests failed on profile ${result.profile}; the first is "${first.name}": ${first.message}.`,
    {
      hint: `Try the command by hand: golem-image exec ${path} --profile ${result.profile} -- /bin/sh -c '...'`,
    },
  );
}

async function runAll(
  machine: VirtualMachine,
  tests: readonly TestSettings[],
  { vm, progress }: TestImageInput,
): Promise<TestImageResult> {
  const { accelerator, reason } = machine.acceleratorChoice;
  progress.note(
    `booted in ${machine.readyMs} ms (profile ${machine.profile}, ${vm.memory} MiB, ${accelerator.toUpperCase()}: ${reason})`,
  );
  const results: TestResult[] = [];
  for (const test of tests) {
    progress.detail(test.name);
    const result = await runTest(machine, test, vm.timeouts.command);
    progress.note(describeResult(result));
    results.push(result);
  }
  const usage = await machine.statistics();
  return {
    ok: results.every((result) => result.ok),
    profile: machine.profile,
    accelerator,
    acceleratorReason: reason,
    runtime: summarizeRuntime(machine.runtime),
    readyMs: machine.readyMs,
    tests: results,
    ...(usage && { usage }),
  };
}

function describeResult(result: TestResult): string {
  const verdict = result.ok ? "pass" : "FAIL";
  const message = result.ok ? "" : `: ${result.message}`;
  return `${verdict}  ${result.name} (${result.durationMs} ms)${message}`;
}

function totalTimeout(vm: VmSettings) {
  return () =>
    new DeadlineError(
      `The boot and the tests together took longer than ${vm.timeouts.total / 1000} s.`,
      {
        hint: "Allow more time with vm.timeouts.total, or find the test that does not end.",
      },
    );
}
