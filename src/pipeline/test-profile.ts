import type { TestResult } from "../checks/test-result.ts";
import { DeadlineError } from "../errors.ts";
import type { VmSettings } from "../settings/settings.ts";
import { withDeadline } from "../system/deadline.ts";
import { printableLine, printableText } from "../system/printable-text.ts";
import { prepareRuntime } from "../vm/boot.ts";
import { bootOptions } from "./bootable-image.ts";
import type { ProfileResult } from "./profile-result.ts";
import { runPlannedTest, skippedResult } from "./run-planned-test.ts";
import { storageExcess } from "./storage-excess.ts";
import { countOfMachines } from "./test-parallelism.ts";
import { failureOf, type TestProfileInput, TestRun } from "./test-run.ts";
import { TestSlot } from "./test-slot.ts";

export type { TestProfileInput } from "./test-run.ts";

/**
 * Runs the tests of an image under one profile, each in a fresh state unless it wants another one. A VM that does
 * not boot, or ends, is a result.
 *
 * @throws {MissingToolError} without QEMU, a kernel, or the runtime that is asked for
 * @throws the abort reason
 */
export async function testProfile(input: TestProfileInput): Promise<ProfileResult> {
  const { vm, progress } = input;
  const onProgress = (text: string) => progress.detail(text);
  const { bundleStore, signal } = input;
  const runtime = await prepareRuntime({
    ...bootOptions(vm),
    ...(bundleStore && { bundleStore }),
    signal,
    onProgress,
  });
  const stop = new AbortController();
  let run: TestRun | undefined;
  try {
    await withDeadline(vm.timeouts.total, input.signal, totalTimeout(vm), async (signal) => {
      run = new TestRun(input, runtime, AbortSignal.any([signal, stop.signal]));
      await runAll(run, stop);
    });
  } catch (error) {
    input.signal?.throwIfAborted();
    if (run === undefined) throw error;
    run.failure = failureOf(error, run.current);
  }
  if (run === undefined) throw new Error("The run ended before it began.");
  const excess = run.measurements && storageExcess(run.measurements);
  if (excess) run.addFailure(excess, null);
  return run.result();
}

/** Runs the tests in as many VMs as there may be; when one worker fails the others end, too. */
async function runAll(run: TestRun, stop: AbortController): Promise<void> {
  const { tests, vm, parallel = 1, isolation } = run.input;
  const isShared = tests.some((test) => (test.isolation ?? isolation) === "shared");
  const count = countOfMachines({
    // What earlier tests left behind is in one VM.
    requested: isShared ? 1 : parallel,
    tests: tests.length,
    memoryMib: vm.memory,
    cpus: vm.cpus,
  });
  const workers = Array.from({ length: count }, (_none, index) =>
    runWorker(run, index).catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  const ended = await Promise.allSettled(workers);
  // The others' failures are the abort that the first one caused.
  if (stop.signal.aborted) throw stop.signal.reason;
  for (const worker of ended) if (worker.status === "rejected") throw worker.reason;
}

async function runWorker(run: TestRun, index: number): Promise<void> {
  const slot = new TestSlot(run, index);
  const { progress, tests } = run.input;
  try {
    if (tests.length === 0) await slot.bootOnly();
    for (let item = run.next(); item; item = run.next()) {
      const { test } = item;
      if (run.isOver) {
        run.done(item.index, skippedResult(run, test));
        continue;
      }
      run.signal.throwIfAborted();
      progress.detail(test.name);
      run.current = test.name;
      const result = await runPlannedTest(run, slot, test);
      run.done(item.index, result);
      run.current = null;
      progress.note(describeResult(result));
    }
    await slot.close();
  } catch (error) {
    throw await slot.fail(error);
  }
}

const WORDS = { passed: "pass", failed: "FAIL", skipped: "skip", flaky: "flaky" } as const;

function describeResult(result: TestResult): string {
  const { verdict, name, durationMs, message, explanation, repeatCommand } = result;
  const reason = message === "" ? "" : `: ${margined(message)}`;
  const rule = explanation?.rule === undefined ? "" : ` (${explanation.rule})`;
  const lines = [
    ...(explanation ? [`${margined(explanation.text)}${rule}`] : []),
    `repeat it: ${repeatCommand}`,
  ].map((line) => `\n      ${line}`);
  const more = verdict === "failed" ? lines.join("") : "";
  return `${WORDS[verdict]}  ${printableLine(name)} (${durationMs} ms)${reason}${more}`;
}

/** Further lines behind a margin: on GitHub a line of a guest could be a command to the runner otherwise. */
function margined(text: string): string {
  return printableText(text).replaceAll("\n", "\n      | ");
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
