import { hintOf } from "../checks/hint-of.ts";
import type { PlannedTest, TestContext, TestOutcome } from "../checks/planned-test.ts";
import type { Isolation, TestResult, Verdict } from "../checks/test-result.ts";
import { asClause, GolemImageError } from "../errors.ts";
import { withVirtualMachine } from "../vm/boot.ts";
import { bootOptions, readBootableImage } from "./bootable-image.ts";
import { repeatCommand } from "./repeat-command.ts";
import type { TestRun } from "./test-run.ts";
import { runtimeFor, settingsFor, type TestSlot } from "./test-slot.ts";

const NOTHING_KNOWN: TestOutcome = { problems: [], steps: [] };

/** One try of a test. */
interface Attempt {
  readonly outcome: TestOutcome;
  /** Why its VM ended meanwhile; absent when that lived. */
  readonly failure?: unknown;
  readonly isolation: Isolation;
  /** Of the run's clock, when its VM was ready. */
  readonly startedAt: number;
  readonly durationMs: number;
}

/**
 * Runs a test in the VM of a slot, again when it fails and retries are asked for. A VM that ends meanwhile fails
 * the test; the next one gets another VM.
 *
 * @throws {VmError} when a VM does not boot
 * @throws the abort reason
 */
export async function runPlannedTest(
  run: TestRun,
  slot: TestSlot,
  test: PlannedTest,
): Promise<TestResult> {
  const retries = run.input.retries ?? 0;
  let first: Attempt | undefined;
  let durationMs = 0;
  for (let attempts = 1; ; attempts++) {
    const attempt = await tryOnce(run, slot, test, attempts > 1);
    first ??= attempt;
    durationMs += attempt.durationMs;
    run.addToTimeline("test", test.name, attempt.startedAt, slot.index);
    const hasPassed = attempt.outcome.problems.length === 0;
    if (!hasPassed && attempts <= retries) continue;
    // A VM that ended counts when no further try has passed.
    if (attempt.failure !== undefined) run.addFailure(attempt.failure, test.name);
    const verdict = hasPassed ? (attempts > 1 ? "flaky" : "passed") : "failed";
    const shown = verdict === "flaky" ? first.outcome.problems.join("; ") : undefined;
    return resultOf(run, test, { ...attempt, durationMs, verdict, attempts, message: shown });
  }
}

/** A test that was not run because another one has failed. */
export function skippedResult(run: TestRun, test: PlannedTest): TestResult {
  return resultOf(run, test, {
    outcome: NOTHING_KNOWN,
    isolation: test.reach === "image" ? "at-rest" : "boot",
    verdict: "skipped",
    attempts: 0,
    startedAt: run.now(),
    durationMs: 0,
    message: "not run: a test before it has failed, and the run was to end then",
  });
}

async function tryOnce(
  run: TestRun,
  slot: TestSlot,
  test: PlannedTest,
  isFresh: boolean,
): Promise<Attempt> {
  if (test.isLast) await slot.sample(true);
  if (test.reach === "image") return timed(run, slot, test, "at-rest");
  if (test.reach === "instances") {
    // Its VMs need the memory.
    await slot.close();
    return timed(run, slot, test, "boot");
  }
  const { machine, isolation } = await slot.prepare(test, isFresh);
  const attempt = await timed(run, slot, test, isolation);
  if (machine.isUsable()) await slot.sample();
  return attempt;
}

async function timed(
  run: TestRun,
  slot: TestSlot,
  test: PlannedTest,
  isolation: Isolation,
): Promise<Attempt> {
  const startedAt = run.now();
  const ended = await runIn(run, slot, test);
  return { ...ended, isolation, startedAt, durationMs: run.now() - startedAt };
}

async function runIn(
  run: TestRun,
  slot: TestSlot,
  test: PlannedTest,
): Promise<Pick<Attempt, "outcome" | "failure">> {
  const { machine } = slot;
  try {
    return { outcome: await slot.sampleWhile(() => test.run(contextFor(run, slot, test))) };
  } catch (error) {
    run.signal.throwIfAborted();
    if (!(error instanceof GolemImageError) || error.kind === "environment") throw error;
    if (machine === undefined || machine.isUsable()) return { outcome: problemOf(error) };
    const failure = await slot.fail(error);
    return { outcome: problemOf(failure instanceof GolemImageError ? failure : error), failure };
  }
}

function problemOf(error: GolemImageError): TestOutcome {
  return { problems: [asClause(error)], steps: [], explanation: hintOf(error) };
}

function contextFor(run: TestRun, { machine }: TestSlot, test: PlannedTest): TestContext {
  const { input, runtime, signal } = run;
  const { vm, underTest } = input;
  return {
    image: underTest,
    limits: { timeoutMs: vm.timeouts.command, outputLimitMib: vm.outputLimit },
    profile: runtime.profile,
    machine: test.reach === "image" || test.reach === "instances" ? undefined : machine,
    boot: async ({ image, attachment, ...needs }, body) => {
      const { console: _shared, ...settings } = settingsFor(vm, needs);
      const options = bootOptions(settings);
      return withVirtualMachine(
        image === undefined ? input.image : await readBootableImage(image),
        {
          ...options,
          chosenRuntime: await runtimeFor(run, options),
          ...(attachment && { network: attachment }),
          signal,
        },
        body,
      );
    },
    overlayPeak: () => run.overlayPeak,
    signal,
  };
}

interface Ended extends Attempt {
  readonly verdict: Verdict;
  readonly attempts: number;
  /** In place of the problems. */
  readonly message: string | undefined;
}

function resultOf(run: TestRun, test: PlannedTest, ended: Ended): TestResult {
  const { outcome, verdict, isolation, attempts, durationMs } = ended;
  const { problems, steps, explanation } = outcome;
  const { id, name, source, kind } = test;
  const { input, runtime } = run;
  const { profile } = runtime;
  return {
    id,
    name,
    source,
    kind,
    verdict,
    ok: verdict !== "failed",
    exitCode: steps.at(-1)?.exitCode ?? null,
    durationMs: Math.round(durationMs),
    message: ended.message ?? problems.join("; "),
    problems,
    ...(explanation && { explanation }),
    steps,
    isolation,
    profile,
    attempts,
    repeatCommand: repeatCommand({
      image: input.underTest.gvmi.path,
      profile,
      vm: input.vm,
      test: { ...test, isNameUnique: run.isNameUnique(test) },
      options: input,
    }),
  };
}
