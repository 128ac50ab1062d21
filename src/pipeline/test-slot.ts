import { extname } from "node:path";
import type { PlannedTest, VmNeeds } from "../checks/planned-test.ts";
import type { Isolation } from "../checks/test-result.ts";
import { GolemImageError } from "../errors.ts";
import type { VmSettings } from "../settings/settings.ts";
import type { BootOptions } from "../vm/boot.ts";
import { prepareRuntime } from "../vm/boot.ts";
import type { Measurements } from "../vm/measurements.ts";
import { lookWhile } from "../vm/measurements-over-time.ts";
import { needsUserNetworking } from "../vm/network/with-network.ts";
import type { VirtualMachine } from "../vm/virtual-machine.ts";
import { bootOptions } from "./bootable-image.ts";
import { mergeVolumes } from "./merge-measurements.ts";
import { TestMachine } from "./test-machine.ts";
import type { TestRun } from "./test-run.ts";

/** Between looks at what a VM uses, in milliseconds: after tests, which may be short, and while one runs. */
const SAMPLE_INTERVAL_MS = 250;
const LOOK_INTERVAL_MS = 500;
const SAMPLE_TIMEOUT_MS = 5_000;

/** A place for one VM at a time, which is kept, reset or replaced as the tests that come need it. */
export class TestSlot {
  /** Which of the VMs that run at a time. */
  readonly index: number;
  readonly #run: TestRun;
  #held: TestMachine | undefined;
  /** What the VM was booted with. */
  #key = "";
  /** Whether a test has run in it since its boot. */
  #isUsed = false;
  /** Whether one has changed it since its boot or reset. */
  #isChanged = false;
  #sampledAt = 0;
  #volumePeaks: Measurements["volumes"] = [];

  constructor(run: TestRun, index: number) {
    this.#run = run;
    this.index = index;
  }

  get machine(): VirtualMachine | undefined {
    return this.#held?.machine;
  }

  /**
   * A VM in the state that a test wants, and how it came to be in it.
   *
   * @param isFresh whether nothing of earlier tests may be left, whatever the test wants
   * @throws {VmError} when it does not boot
   */
  async prepare(
    test: PlannedTest,
    isFresh: boolean,
  ): Promise<{ readonly machine: VirtualMachine; readonly isolation: Isolation }> {
    const vm = settingsFor(this.#run.input.vm, test.vm);
    const choice = test.isolation ?? this.#run.input.isolation ?? "reset";
    const key = JSON.stringify([vm.memory, vm.cpus, vm.network]);
    const isAnother = key !== this.#key || (choice === "boot" && this.#isUsed);
    if (this.#held && isAnother) await this.close();
    const mayStay = choice === "shared" && !isFresh;
    if (this.#held && this.#isChanged && !mayStay) await this.#reset(this.#held);
    const isBooted = this.#held === undefined;
    const held = this.#held ?? (await this.#boot(vm, key));
    const isolation = isBooted ? "boot" : mayStay && this.#isChanged ? "shared" : "reset";
    this.#isUsed = true;
    this.#isChanged ||= test.reach === "changes";
    return { machine: held.machine, isolation };
  }

  /** Boots a VM for no test. */
  async bootOnly(): Promise<void> {
    await this.#boot(this.#run.input.vm, "");
  }

  /** Looks at what the VM uses, unless it did so a moment ago. */
  async sample(isNeeded = false): Promise<void> {
    const machine = this.#held?.machine;
    if (!machine?.isUsable()) return;
    const isDue = isNeeded || performance.now() - this.#sampledAt >= SAMPLE_INTERVAL_MS;
    const volumes = await machine.volumeUsage();
    this.#volumePeaks = mergeVolumes(this.#volumePeaks, volumes);
    if (!isDue) return;
    const limit = AbortSignal.timeout(SAMPLE_TIMEOUT_MS);
    try {
      const guest = await machine.guestUsage(AbortSignal.any([this.#run.signal, limit]));
      this.#run.addSample(guest, volumes, this.index);
    } catch (error) {
      this.#run.signal.throwIfAborted();
      // A guest that is too busy for this may still be reset.
      if (!limit.aborted) throw error;
    }
    this.#sampledAt = performance.now();
  }

  /** Runs a test, and looks at what the VM uses meanwhile. */
  sampleWhile<T>(test: () => Promise<T>): Promise<T> {
    const machine = this.#held?.machine;
    if (!machine) return test();
    const look = async (signal: AbortSignal) => {
      const volumes = await machine.volumeUsage(signal);
      this.#volumePeaks = mergeVolumes(this.#volumePeaks, volumes);
      const limit = AbortSignal.timeout(SAMPLE_TIMEOUT_MS);
      const guest = await machine.guestUsage(AbortSignal.any([signal, limit]));
      this.#run.addSample(guest, volumes, this.index);
    };
    return lookWhile(LOOK_INTERVAL_MS, look, test);
  }

  /** Measures the VM and powers it off. */
  async close(): Promise<void> {
    const held = this.#held;
    if (!held) return;
    try {
      this.#run.addMeasurements(await held.machine.measure(), this.#volumePeaks);
    } catch (error) {
      throw await this.fail(error);
    }
    this.#forget(held);
    await held.close();
  }

  /** Ends the VM because of an error. @returns the error that explains it */
  async fail(error: unknown): Promise<unknown> {
    const held = this.#held;
    if (!held) return error;
    this.#forget(held);
    return held.fail(error);
  }

  async #reset(held: TestMachine): Promise<void> {
    const startedAt = this.#run.now();
    const isReset = held.machine.isOurs && (await held.machine.reset());
    if (isReset) {
      this.#isChanged = false;
      this.#run.addToTimeline("reset", "reset", startedAt, this.index);
    } else {
      await this.#giveUp();
    }
  }

  /** Ends a VM that is of no use any more; what it took is taken along when it still answers. */
  async #giveUp(): Promise<void> {
    try {
      await this.close();
    } catch (error) {
      this.#run.signal.throwIfAborted();
      if (!(error instanceof GolemImageError)) throw error;
    }
  }

  async #boot(vm: VmSettings, key: string): Promise<TestMachine> {
    const run = this.#run;
    const { image, progress } = run.input;
    const startedAt = run.now();
    const console = vm.console && numbered(vm.console, run.bootCount);
    run.bootCount += 1;
    const held = await TestMachine.boot(image, {
      ...bootOptions({ ...vm, ...(console !== undefined && { console }) }),
      chosenRuntime: await runtimeFor(run, bootOptions(vm)),
      signal: run.signal,
      onProgress: (text) => progress.detail(text),
      ...(run.bootCount === 1 && { onRuntime: (text: string) => progress.note(text) }),
    });
    const { machine } = held;
    const { accelerator, reason } = machine.acceleratorChoice;
    progress.note(
      `booted in ${machine.readyMs} ms (profile ${machine.profile}, ${vm.memory} MiB, ${accelerator.toUpperCase()}: ${reason})`,
    );
    run.readyMs ??= machine.readyMs;
    run.consolePath = console ?? null;
    run.addToTimeline("boot", "boot", startedAt, this.index, machine.bootPhases);
    this.#held = held;
    this.#key = key;
    this.#isUsed = false;
    this.#isChanged = false;
    this.#volumePeaks = [];
    await this.sample(true);
    return held;
  }

  #forget(held: TestMachine): void {
    this.#run.consoleTail = held.machine.consoleTail();
    this.#held = undefined;
  }
}

/** The settings with what a test wants in their place. */
export function settingsFor(vm: VmSettings, needs: VmNeeds = {}): VmSettings {
  const { memory, cpus, network } = needs;
  return {
    ...vm,
    memory: memory ?? vm.memory,
    cpus: cpus ?? vm.cpus,
    ...(network !== undefined && { network }),
  };
}

/** The run's runtime, unless a network needs another one. */
export async function runtimeFor(run: TestRun, options: BootOptions): Promise<TestRun["runtime"]> {
  const wanted = needsUserNetworking(options.network);
  const isSame = wanted === needsUserNetworking(run.input.vm.network);
  return isSame ? run.runtime : prepareRuntime({ ...options, signal: run.signal });
}

/** One file for each VM, or the last would be all that is left: `console.txt`, `console-2.txt`. */
function numbered(path: string, before: number): string {
  if (before === 0) return path;
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}-${before + 1}${extension}`;
}
