import { DEFAULT_OUTPUT_LIMIT_MIB, runTest } from "../checks/run-test.ts";
import type { TestResult } from "../checks/test-result.ts";
import { DeadlineError, VmError } from "../errors.ts";
import type { TestSettings, VmSettings } from "../settings/settings.ts";
import { withDeadline } from "../system/deadline.ts";
import { type BootableImage, prepareRuntime, withVirtualMachine } from "../vm/boot.ts";
import type { Measurements } from "../vm/measurements.ts";
import { type Runtime, summarizeRuntime } from "../vm/runtime.ts";
import type { VirtualMachine } from "../vm/virtual-machine.ts";
import { bootOptions } from "./bootable-image.ts";
import type {
  ProfileFailure,
  ProfileResult,
  TimelineEntry,
  UsageSample,
} from "./profile-result.ts";
import type { Progress } from "./progress.ts";
import { storageExcess } from "./storage-excess.ts";

export interface TestProfileInput {
  readonly image: BootableImage;
  /** Whose `profile` is the one to test, or absent when the runtime decides it. */
  readonly vm: VmSettings;
  readonly tests: readonly TestSettings[];
  readonly signal?: AbortSignal | undefined;
  readonly progress: Pick<Progress, "detail" | "note">;
}

/** What is known of a run so far; more than nothing when it ends early. */
interface Run {
  machine?: VirtualMachine;
  /** The test that is running. */
  current?: string | undefined;
  readonly tests: TestResult[];
  readonly timeline: TimelineEntry[];
  readonly samples: UsageSample[];
  readonly started: number;
  measurements: Measurements | null;
}

/**
 * Boots an image under one profile and runs the tests in it, one after the other in the same VM: as on a
 * provider, what one leaves behind the next one finds. A VM that does not boot, or ends, is a result.
 *
 * @throws {MissingToolError} without QEMU, a kernel, or the runtime that is asked for
 * @throws the abort reason
 */
export async function testProfile(input: TestProfileInput): Promise<ProfileResult> {
  const { vm, progress } = input;
  const onProgress = (text: string) => progress.detail(text);
  const runtime = await prepareRuntime({ ...bootOptions(vm), signal: input.signal, onProgress });
  const started = performance.now();
  const run: Run = { tests: [], timeline: [], samples: [], started, measurements: null };
  let failure: ProfileFailure | null;
  try {
    await withDeadline(vm.timeouts.total, input.signal, totalTimeout(vm), (signal) =>
      withVirtualMachine(
        input.image,
        {
          ...bootOptions(vm),
          chosenRuntime: runtime,
          signal,
          onProgress,
          onRuntime: (description) => progress.note(description),
        },
        (machine) => runAll(machine, input, run),
      ),
    );
    failure = storageFailure(run.measurements);
  } catch (error) {
    input.signal?.throwIfAborted();
    failure = failureOf(error, run.current);
  }
  return resultOf(runtime, run, input, failure);
}

async function runAll(
  machine: VirtualMachine,
  { vm, tests, progress }: TestProfileInput,
  run: Run,
): Promise<void> {
  run.machine = machine;
  const { accelerator, reason } = machine.acceleratorChoice;
  progress.note(
    `booted in ${machine.readyMs} ms (profile ${machine.profile}, ${vm.memory} MiB, ${accelerator.toUpperCase()}: ${reason})`,
  );
  const bootMs = performance.now() - run.started;
  run.timeline.push(entry("boot", "boot", bootMs - machine.readyMs, machine.readyMs));
  for (const [index, test] of tests.entries()) {
    progress.detail(test.name);
    run.current = test.name;
    const outcome = await runTest(machine, test, {
      timeoutMs: vm.timeouts.command,
      outputLimitMib: vm.outputLimit,
    });
    const result: TestResult = {
      ...outcome,
      id: `tests[${index}]`,
      source: null,
      kind: "command",
      isolation: "shared",
      profile: machine.profile,
      attempts: 1,
      repeatCommand: "",
    };
    progress.note(describeResult(result));
    run.tests.push(result);
    const atMs = performance.now() - run.started - result.durationMs;
    run.timeline.push(entry(test.name, "test", atMs, result.durationMs));
    run.current = undefined;
  }
  run.measurements = await machine.measure();
}

function entry(
  name: string,
  kind: TimelineEntry["kind"],
  atMs: number,
  durationMs: number,
): TimelineEntry {
  return { name, kind, atMs: Math.round(atMs), durationMs, vm: 0 };
}

function describeResult(result: TestResult): string {
  const verdict = result.ok ? "pass" : "FAIL";
  const message = result.ok ? "" : `: ${result.message}`;
  return `${verdict}  ${result.name} (${result.durationMs} ms)${message}`;
}

function resultOf(
  runtime: Runtime,
  { machine, tests, timeline, samples, measurements }: Run,
  { vm }: TestProfileInput,
  failure: ProfileFailure | null,
): ProfileResult {
  const { accelerator, reason } = runtime.acceleratorChoice;
  return {
    profile: runtime.profile,
    ok: failure === null && tests.every((test) => test.ok),
    runtime: summarizeRuntime(runtime),
    accelerator,
    acceleratorReason: reason,
    readyMs: machine?.readyMs ?? null,
    tests,
    failure,
    measurements,
    timeline,
    samples,
    console: { path: vm.console ?? null, tail: "" },
    limits: {
      memoryMib: vm.memory,
      cpus: vm.cpus,
      storageMib: vm.storage ?? null,
      outputMib: vm.outputLimit ?? DEFAULT_OUTPUT_LIMIT_MIB,
      timeoutsMs: vm.timeouts,
    },
    repeatCommand: "",
  };
}

function storageFailure(measurements: Measurements | null): ProfileFailure | null {
  const excess = measurements && storageExcess(measurements);
  return excess ? failureOf(excess) : null;
}

/** @throws the error when it is not about this VM alone */
function failureOf(error: unknown, during?: string): ProfileFailure {
  if (!(error instanceof VmError) && !(error instanceof DeadlineError)) throw error;
  const { kind, message, hint, details } = error;
  return { kind, message, during: during ?? null, hint: hint ?? null, details: details ?? null };
}

function totalTimeout(vm: VmSettings): () => DeadlineError {
  return () =>
    new DeadlineError(
      `The boot and the tests together took longer than ${vm.timeouts.total / 1000} s.`,
      {
        hint: "Allow more time with --total-timeout (or vm.timeouts.total), or find the test that does not end.",
      },
    );
}
