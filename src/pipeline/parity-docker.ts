import type { ImageUnderTest, PlannedTest, TestContext } from "../checks/planned-test.ts";
import { GolemImageError } from "../errors.ts";
import { askProbes } from "../parity/ask-probes.ts";
import { Container } from "../parity/container.ts";
import { asMachine } from "../parity/guest-machine.ts";
import type { SideResult } from "../parity/parity-result.ts";
import type { Probe } from "../parity/probe.ts";
import type { VmSettings } from "../settings/settings.ts";
import type { Profile } from "../vm/profiles.ts";
import type { Progress } from "./progress.ts";

export interface DockerRun {
  /** The image's name in the engine. */
  readonly image: string;
  readonly tests: readonly PlannedTest[];
  readonly probes: readonly Probe[];
  readonly underTest: ImageUnderTest;
  readonly vm: VmSettings;
  readonly profile: Profile;
  readonly signal?: AbortSignal | undefined;
  readonly progress: Pick<Progress, "detail" | "note">;
}

/** What Docker made of everything. */
export interface DockerSide {
  /** By the tests' ids. */
  readonly tests: ReadonlyMap<string, SideResult>;
  /** By the probes' ids; undefined when they could not be asked. */
  readonly answers: ReadonlyMap<string, string> | undefined;
}

/**
 * Runs each test in a container of its own, as its commands are run there: with ENV, as USER, in WORKDIR, in volumes
 * that start with what the image has.
 *
 * @throws the abort reason
 */
export async function runInDocker(run: DockerRun): Promise<DockerSide> {
  const tests = new Map<string, SideResult>();
  for (const test of run.tests) {
    run.signal?.throwIfAborted();
    run.progress.detail(`in Docker: ${test.name}`);
    tests.set(test.id, await runTest(run, test));
  }
  run.progress.detail("in Docker: looking around");
  const answers = await failing(run, () =>
    Container.run(run.image, run, (container) => askProbes(container, run.probes)),
  );
  return { tests, answers: answers instanceof Map ? answers : undefined };
}

async function runTest(run: DockerRun, test: PlannedTest): Promise<SideResult> {
  if (test.reach === "image") return notRun("it is about the image itself");
  if (test.reach === "instances") return notRun("it is about several VMs");
  const outcome = await failing(run, () =>
    Container.run(run.image, run, async (container) => {
      const result = await test.run(contextFor(run, container));
      return { ...result, areVolumesReachable: await container.hasReachableVolumes() };
    }),
  );
  if (outcome instanceof GolemImageError) return notRun(outcome.message);
  const { problems, areVolumesReachable } = outcome;
  if (problems.length === 0) return { verdict: "passed", message: "" };
  if (!areVolumesReachable) {
    return notRun("this user has no access to the volumes of the engine, which the test may need");
  }
  return { verdict: "failed", message: problems.join("; ") };
}

export function notRun(message: string): SideResult {
  return { verdict: "not-run", message: message.replace(/\.$/, "") };
}

function contextFor(
  { underTest, vm, profile, signal }: DockerRun,
  container: Container,
): TestContext {
  return {
    image: underTest,
    limits: { timeoutMs: vm.timeouts.command, outputLimitMib: vm.outputLimit },
    profile,
    machine: asMachine(container),
    boot: () => Promise.reject(new Error("A container boots no VM.")),
    overlayPeak: () => undefined,
    signal,
  };
}

/** What is no bug and no abort is a result. */
async function failing<T>(
  { signal }: DockerRun,
  body: () => Promise<T>,
): Promise<T | GolemImageError> {
  try {
    return await body();
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof GolemImageError)) throw error;
    return error;
  }
}
