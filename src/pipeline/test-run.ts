import { KeptOutputs } from "../checks/kept-outputs.ts";
import type { ImageUnderTest, PlannedTest } from "../checks/planned-test.ts";
import { DEFAULT_OUTPUT_LIMIT_MIB } from "../checks/run-command-step.ts";
import type { Compatibility } from "../checks/structure/choices.ts";
import type { TestResult } from "../checks/test-result.ts";
import { DeadlineError, VmError } from "../errors.ts";
import type { VmSettings } from "../settings/settings.ts";
import type { IsolationChoice } from "../settings/test-settings.ts";
import type { GuestStatistics } from "../vm/agent/client.ts";
import type { BootableImage } from "../vm/boot.ts";
import type { Measurements } from "../vm/measurements.ts";
import { type Runtime, summarizeRuntime } from "../vm/runtime.ts";
import type { BundleStore } from "../vm/runtimes/bundle-store.ts";
import { mergeMeasurements, mergeVolumes } from "./merge-measurements.ts";
import type {
  ProfileFailure,
  ProfileResult,
  TimelineEntry,
  UsageSample,
} from "./profile-result.ts";
import type { Progress } from "./progress.ts";
import { repeatCommand } from "./repeat-command.ts";
import { thinSamples } from "./thin-samples.ts";

/** How tests are run. */
export interface TestingOptions {
  /** Of tests that do not choose themselves; `reset` by default. */
  readonly isolation?: IsolationChoice | undefined;
  /** How often a failed test is tried again; 0 by default. */
  readonly retries?: number | undefined;
  /** Whether nothing is run after a test has failed. */
  readonly failFast?: boolean | undefined;
  /** VMs at a time, bounded by this machine's memory and cores; 1 by default. */
  readonly parallel?: number | "auto" | undefined;
  /** How structure tests were planned, for the command that repeats a test. */
  readonly compatibility?: Compatibility | undefined;
  /** The settings file, for the command that repeats a test; when it is not the usual one. */
  readonly settingsPath?: string | undefined;
  /** Where runtimes are kept; the user's cache by default. */
  readonly bundleStore?: BundleStore | undefined;
}

export interface TestProfileInput extends TestingOptions {
  readonly image: BootableImage;
  readonly underTest: ImageUnderTest;
  /** Whose `profile` is the one to test, or absent when the runtime decides it. */
  readonly vm: VmSettings;
  readonly tests: readonly PlannedTest[];
  readonly signal?: AbortSignal | undefined;
  readonly progress: Pick<Progress, "detail" | "note">;
}

interface QueuedTest {
  readonly test: PlannedTest;
  readonly index: number;
}

/** What is known of the tests of one profile so far; more than nothing when it ends early. */
export class TestRun {
  readonly input: TestProfileInput;
  readonly runtime: Runtime;
  /** Aborted when the run is to end. */
  readonly signal: AbortSignal;
  failure: ProfileFailure | null = null;
  measurements: Measurements | null = null;
  readyMs: number | null = null;
  consoleTail = "";
  consolePath: string | null = null;
  bootCount = 0;
  /** The name of the test that is running. */
  current: string | null = null;
  overlayPeak: { sizeBytes: number; peakBytes: number } | undefined;
  readonly #started = performance.now();
  readonly #results: TestResult[] = [];
  readonly #outputs = new KeptOutputs();
  readonly #timeline: TimelineEntry[] = [];
  #samples: UsageSample[] = [];
  readonly #queue: QueuedTest[];
  /** How many tests of a file have a name. */
  readonly #names = new Map<string, number>();
  #active = 0;
  #hasFailed = false;

  constructor(input: TestProfileInput, runtime: Runtime, signal: AbortSignal) {
    this.input = input;
    this.runtime = runtime;
    this.signal = signal;
    const turnOf = ({ isLast, reach }: PlannedTest) => {
      if (isLast) return 2;
      // These need the memory of the VM that the others share: one more boot if they were in between.
      return reach === "instances" ? 1 : 0;
    };
    this.#queue = input.tests
      .map((test, index) => ({ test, index }))
      .sort((a, b) => turnOf(a.test) - turnOf(b.test));
    for (const test of input.tests) {
      this.#names.set(nameKey(test), (this.#names.get(nameKey(test)) ?? 0) + 1);
    }
  }

  /** Whether no other test of its file is called so. */
  isNameUnique(test: PlannedTest): boolean {
    return (this.#names.get(nameKey(test)) ?? 0) < 2;
  }

  /** The next test; undefined when none is left for this worker. `done` is to be called after it. */
  next(): QueuedTest | undefined {
    const [first] = this.#queue;
    // It is about what the others did, so the one that ends last runs it.
    if (first === undefined || (first.test.isLast && this.#active > 0)) return undefined;
    this.#active += 1;
    return this.#queue.shift();
  }

  done(index: number, result: TestResult): void {
    this.#active -= 1;
    this.#results[index] = this.#outputs.keep(result);
    this.#hasFailed ||= !result.ok;
  }

  /** Whether tests are left out because one has failed. */
  get isOver(): boolean {
    return this.#hasFailed && this.input.failFast === true;
  }

  /** Milliseconds since the profile's turn began. */
  now(): number {
    return performance.now() - this.#started;
  }

  addToTimeline(
    kind: TimelineEntry["kind"],
    name: string,
    startedAt: number,
    vm: number,
    phases?: TimelineEntry["phases"],
  ): void {
    const atMs = Math.round(startedAt);
    const durationMs = Math.round(this.now() - startedAt);
    this.#timeline.push({ name, kind, atMs, durationMs, vm, ...(phases && { phases }) });
  }

  addSample(
    guest: GuestStatistics | undefined,
    volumes: Measurements["volumes"],
    vm: number,
  ): void {
    this.#samples.push({
      atMs: Math.round(this.now()),
      memory: guest ? guest.memoryTotal - guest.memoryAvailable : null,
      overlay: guest && guest.overlaySize > 0 ? guest.overlayUsed : null,
      tmp: guest && guest.tmpSize > 0 ? guest.tmpUsed : null,
      volumes: Object.fromEntries(volumes.map(({ path, bytes }) => [path, bytes])),
      vm,
    });
    this.#samples = thinSamples(this.#samples);
    if (guest) this.#raiseOverlayPeak(guest.overlaySize, guest.overlayPeak);
  }

  /** What one VM took, and the most that its volumes held. */
  addMeasurements(measured: Measurements, volumePeaks: Measurements["volumes"]): void {
    const volumes = mergeVolumes(volumePeaks, measured.volumes);
    this.measurements = mergeMeasurements(this.measurements, { ...measured, volumes });
    const { overlay } = measured;
    if (overlay) this.#raiseOverlayPeak(overlay.sizeBytes, overlay.peakBytes ?? overlay.usedBytes);
  }

  /** Remembers what went wrong with a VM; the first such thing counts. */
  addFailure(error: unknown, during: string | null): void {
    this.failure ??= failureOf(error, during);
  }

  result(): ProfileResult {
    const { runtime, failure, measurements, input } = this;
    const { vm, underTest } = input;
    const { accelerator, reason } = runtime.acceleratorChoice;
    const tests = this.#results.filter((result) => result !== undefined);
    const { profile } = runtime;
    return {
      profile,
      ok: failure === null && tests.every((test) => test.ok),
      runtime: summarizeRuntime(runtime),
      accelerator,
      acceleratorReason: reason,
      readyMs: this.readyMs,
      tests,
      failure,
      measurements,
      timeline: this.#timeline.sort((a, b) => a.atMs - b.atMs),
      samples: this.#samples,
      console: { path: this.consolePath, tail: this.consoleTail },
      limits: {
        memoryMib: vm.memory,
        cpus: vm.cpus,
        storageMib: vm.storage ?? null,
        outputMib: vm.outputLimit ?? DEFAULT_OUTPUT_LIMIT_MIB,
        timeoutsMs: vm.timeouts,
      },
      repeatCommand: repeatCommand({
        image: underTest.gvmi.path,
        profile,
        vm,
        options: input,
      }),
    };
  }

  #raiseOverlayPeak(sizeBytes: number, peakBytes: number): void {
    if (sizeBytes === 0 || peakBytes <= (this.overlayPeak?.peakBytes ?? -1)) return;
    this.overlayPeak = { sizeBytes, peakBytes };
  }
}

function nameKey({ name, source }: PlannedTest): string {
  return JSON.stringify([source?.file, name]);
}

/** @throws the error when it is not about a VM alone */
export function failureOf(error: unknown, during: string | null): ProfileFailure {
  if (!(error instanceof VmError) && !(error instanceof DeadlineError)) throw error;
  const { kind, message, hint, details } = error;
  return { kind, message, during, hint: hint ?? null, details: details ?? null };
}
