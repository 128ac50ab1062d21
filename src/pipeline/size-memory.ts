import { join } from "node:path";
import { GolemImageError } from "../errors.ts";
import { findLeastMemory } from "../sizing/least-memory.ts";
import type { MemoryNeed, MemoryTrial } from "../sizing/size-result.ts";
import { withTemporaryDirectory } from "../system/temporary.ts";
import { prepareRuntime, withVirtualMachine } from "../vm/boot.ts";
import { bootOptions } from "./bootable-image.ts";
import { countOfMachines } from "./test-parallelism.ts";
import { testProfile } from "./test-profile.ts";
import type { TestProfileInput } from "./test-run.ts";

/** No kernel of a provider starts with less. */
const FLOOR_MIB = 15;

/** A guest that needs so many times as long as one with enough memory has too little of it. */
const PATIENCE = 5;
const LEAST_BOOT_MS = 30_000;

/** Of what is enough for the tests, how exact the least for them is found: each trial runs all of them. */
const TESTS_TOLERANCE = 1 / 64;

export interface MemorySearchInput {
  /** With memory that was enough. */
  readonly run: TestProfileInput;
  /** What the boot took then. */
  readonly readyMs: number;
  readonly maxBoots: number;
  readonly parallel: number | "auto";
}

/**
 * Finds the least memory with which an image boots, to 1 MiB, and with which its tests pass.
 *
 * @throws {MissingToolError} without what boots the image
 * @throws the abort reason
 */
export async function searchMemory(input: MemorySearchInput): Promise<MemoryNeed> {
  const { run, maxBoots } = input;
  const { vm } = run;
  const trials: MemoryTrial[] = [];
  return withTemporaryDirectory(async (directory) => {
    const attempt = attempts(input, trials, directory);
    const boot = await findLeastMemory({
      floorMib: Math.min(FLOOR_MIB, vm.memory - 1),
      enoughMib: vm.memory,
      parallel: machinesFor(input),
      maxTrials: maxBoots,
      toleranceMib: 1,
      attempt: attempt("boot"),
    });
    const needsVm = run.tests.some(({ reach }) => reach !== "image");
    if (!needsVm) return { bootMib: boot.leastMib, ...boot, trials };
    const tests = await findLeastMemory({
      floorMib: boot.leastMib - 1,
      enoughMib: vm.memory,
      // Tests that share the cores with others may be late.
      parallel: 1,
      maxTrials: maxBoots - trials.length,
      toleranceMib: Math.max(1, Math.round(vm.memory * TESTS_TOLERANCE)),
      firstMib: boot.leastMib,
      attempt: attempt("tests"),
    });
    const isBoot = tests.leastMib === boot.leastMib;
    return { bootMib: boot.leastMib, ...(isBoot ? boot : tests), trials };
  });
}

function machinesFor({ run, parallel, maxBoots }: MemorySearchInput): number {
  const { memory: memoryMib, cpus } = run.vm;
  return countOfMachines({ requested: parallel, tests: maxBoots, memoryMib, cpus });
}

function attempts(
  { run, readyMs }: MemorySearchInput,
  trials: MemoryTrial[],
  directory: string,
): (kind: MemoryTrial["kind"]) => (memoryMib: number) => Promise<MemoryTrial> {
  const bootTimeout = Math.min(
    run.vm.timeouts.boot,
    Math.max(LEAST_BOOT_MS, Math.round(readyMs * PATIENCE)),
  );
  return (kind) => async (memoryMib) => {
    const started = performance.now();
    run.progress.detail(
      `trying ${memoryMib} MiB (${kind === "boot" ? "the boot" : "the tests"}, boot ${trials.length + 1})`,
    );
    const vm = {
      ...run.vm,
      memory: memoryMib,
      timeouts: { ...run.vm.timeouts, boot: bootTimeout },
      // That a VM fails here is a result: its console is not worth keeping.
      console: join(directory, `console-${trials.length}-${memoryMib}`),
    };
    const quiet = { ...run, vm, failFast: true, progress: { detail: () => {}, note: () => {} } };
    const reason = await (kind === "boot" ? bootProblem(quiet) : testsProblem(quiet));
    const durationMs = Math.round(performance.now() - started);
    const trial = { memoryMib, kind, ok: reason === null, reason, durationMs };
    trials.push(trial);
    run.progress.note(`${memoryMib} MiB: ${reason ?? (kind === "boot" ? "boots" : "passes")}`);
    return trial;
  };
}

async function bootProblem({ image, vm, signal }: TestProfileInput): Promise<string | null> {
  const options = { ...bootOptions(vm), ...(signal && { signal }) };
  const chosenRuntime = await prepareRuntime(options);
  try {
    await withVirtualMachine(image, { ...options, chosenRuntime }, async () => {});
    return null;
  } catch (error) {
    signal?.throwIfAborted();
    const isResult = error instanceof GolemImageError && ["vm", "timeout"].includes(error.kind);
    if (!isResult) throw error;
    return oneLine(error.message);
  }
}

async function testsProblem(run: TestProfileInput): Promise<string | null> {
  const result = await testProfile(run);
  if (result.failure) return oneLine(result.failure.message);
  const failed = result.tests.find(({ verdict }) => verdict === "failed");
  return failed ? oneLine(`"${failed.name}": ${failed.message}`) : null;
}

const SHOWN_CHARACTERS = 120;

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").replace(/\.$/, "");
  return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}...` : line;
}
