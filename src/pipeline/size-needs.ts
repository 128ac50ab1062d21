import { availableParallelism } from "node:os";
import { withImageFiles } from "../checks/files/image-files.ts";
import type { Gvmi } from "../gvmi/read.ts";
import type { VmSettings } from "../settings/settings.ts";
import { requirementsFor } from "../sizing/requirements.ts";
import type { CpuNeed, MemoryNeed, Needs, StorageNeed } from "../sizing/size-result.ts";
import { assertTestsPassed } from "./assert-tests-passed.ts";
import { bootableImage } from "./bootable-image.ts";
import { mergeVolumes } from "./merge-measurements.ts";
import { type ProfileResult, RESULT_SCHEMA } from "./profile-result.ts";
import { DEFAULT_MARGIN, DEFAULT_MAX_BOOTS, type SizeImageInput } from "./size-input.ts";
import { searchMemory } from "./size-memory.ts";
import { plannedTests } from "./test-image.ts";
import { testProfile } from "./test-profile.ts";
import type { TestProfileInput } from "./test-run.ts";
import { VolumePeaks } from "./volume-peaks.ts";

/** Shorter tests say nothing of what another core is good for. */
const LEAST_TESTS_MS = 1_000;

/** How much faster the tests have to be with twice as many cores for these to be worth having. */
const WORTHWHILE_SPEEDUP = 1.3;

/** Finds what an image needs of a provider by booting it again and again. Throws what `sizeImage` throws. */
export async function findNeeds(gvmi: Gvmi, input: SizeImageInput): Promise<Needs> {
  const startedAt = new Date().toISOString();
  const { compression } = gvmi.superblock;
  return withImageFiles({ ...gvmi, compression }, async (atRest) => {
    const tests = await plannedTests(gvmi, input);
    const image = bootableImage(gvmi);
    const run: TestProfileInput = {
      ...input,
      parallel: 1,
      image,
      underTest: { gvmi, atRest },
      tests,
    };
    input.progress.detail(`running the tests with ${input.vm.memory} MiB`);
    const peaks = new VolumePeaks();
    const first = await testProfile({ ...run, tests: tests.map((test) => peaks.watch(test)) });
    assertTestsPassed({
      schema: RESULT_SCHEMA,
      ok: first.ok,
      image: input.path,
      startedAt,
      durationMs: 0,
      profiles: [first],
    });
    const vm: VmSettings = { ...input.vm, profile: first.profile };
    const memory: MemoryNeed = await searchMemory({
      run: { ...run, vm },
      readyMs: first.readyMs ?? 0,
      maxBoots: input.maxBoots ?? DEFAULT_MAX_BOOTS,
      parallel: input.parallel ?? "auto",
    });
    const cpus = await findCpus({ ...run, vm }, first);
    const storage = storageOf(first, peaks);
    const margin = input.margin ?? DEFAULT_MARGIN;
    return {
      profile: first.profile,
      accelerator: first.accelerator,
      tests: tests.map(({ name }) => name),
      margin,
      memory,
      storage,
      cpus,
      requirements: requirementsFor(
        {
          memoryMib: memory.leastMib,
          storageBytes: storage.peakBytes,
          threads: cpus.threads,
        },
        margin,
      ),
    };
  });
}

function storageOf({ measurements }: ProfileResult, peaks: VolumePeaks): StorageNeed {
  const volumes = mergeVolumes(measurements?.volumes ?? [], peaks.volumes).map(
    ({ path, bytes }) => ({ path, bytes }),
  );
  const overlay = measurements?.overlay;
  return {
    peakBytes: volumes.reduce((sum, { bytes }) => sum + bytes, 0),
    volumes,
    overlayBytes: overlay ? (overlay.peakBytes ?? overlay.usedBytes) : null,
  };
}

/** Runs the tests with twice as many cores, again and again, as long as they gain from it. */
async function findCpus(run: TestProfileInput, first: ProfileResult): Promise<CpuNeed> {
  const cores = availableParallelism();
  const trials = [{ cpus: run.vm.cpus, testsMs: testsMs(first) }];
  let best = trials[0] as CpuNeed["trials"][number];
  const need = (reason: string): CpuNeed => ({ threads: best.cpus, trials, reason });
  if (best.testsMs < LEAST_TESTS_MS) {
    return need(
      `the tests take ${best.testsMs} ms, too short to tell what more cores are good for`,
    );
  }
  for (let cpus = best.cpus * 2; cpus <= cores; cpus *= 2) {
    run.progress.detail(`running the tests with ${cpus} cores`);
    const result = await testProfile({ ...run, vm: { ...run.vm, cpus } });
    if (!result.ok) return need(`the tests fail with ${cpus} cores`);
    const trial = { cpus, testsMs: testsMs(result) };
    trials.push(trial);
    if (best.testsMs / trial.testsMs < WORTHWHILE_SPEEDUP) {
      return need(
        `with ${cpus} cores the tests take ${trial.testsMs} ms, with ${best.cpus} ${best.testsMs} ms`,
      );
    }
    best = trial;
  }
  return need(
    best.cpus * 2 > cores && trials.length > 1
      ? `the tests gain from ${best.cpus} cores, and this machine has no more to try`
      : `this machine has ${cores} cores, so more were not tried`,
  );
}

function testsMs({ tests }: ProfileResult): number {
  return tests.reduce((sum, { durationMs, isolation }) => {
    return isolation === "at-rest" ? sum : sum + durationMs;
  }, 0);
}
