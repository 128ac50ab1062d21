import { findDockerEngine } from "../build/docker-engine.ts";
import { parseImageSource } from "../build/parse-image-source.ts";
import { withImageFiles } from "../checks/files/image-files.ts";
import type { PlanInput } from "../checks/plan-tests.ts";
import type { PlannedTest } from "../checks/planned-test.ts";
import { ImageSourceError } from "../errors.ts";
import { readGvmi } from "../gvmi/read.ts";
import { compareSurroundings, compareTest, knownSurroundings } from "../parity/compare.ts";
import { userOf } from "../parity/container.ts";
import { PARITY_SCHEMA, type ParityResult, type SideResult } from "../parity/parity-result.ts";
import { probesFor } from "../parity/probes.ts";
import type { VmSettings } from "../settings/settings.ts";
import { bootableImage } from "./bootable-image.ts";
import { type DockerSide, notRun, runInDocker } from "./parity-docker.ts";
import { ParityInVm } from "./parity-vm.ts";
import type { Progress } from "./progress.ts";
import { plannedTests } from "./test-image.ts";
import { testProfile } from "./test-profile.ts";
import type { Selection } from "./test-selection.ts";

export interface ParityInput extends PlanInput, Selection {
  /** Path of the .gvmi. */
  readonly path: string;
  /** The image that it was made of, `docker:NAME` or a name; without it nothing is run in Docker. */
  readonly dockerImage?: string | undefined;
  readonly vm: VmSettings;
  readonly signal?: AbortSignal | undefined;
  readonly progress: Pick<Progress, "detail" | "note">;
}

/**
 * Runs the same tests, and the same questions about their surroundings, in a container and in a VM, and finds the
 * causes of what differs. A test that fails is a result.
 *
 * @throws {GvmiFormatError} when the file is not a sound .gvmi
 * @throws {SettingsError} when a file of tests is wrong
 * @throws {ImageSourceError} when the engine has no such image
 * @throws {MissingToolError} without QEMU, a kernel, or the runtime that is asked for
 * @throws the abort reason
 */
export async function compareWithDocker(input: ParityInput): Promise<ParityResult> {
  const started = performance.now();
  const { path, vm, signal, progress } = input;
  const gvmi = await readGvmi(path);
  const { compression } = gvmi.superblock;
  return withImageFiles({ ...gvmi, compression }, async (atRest) => {
    const underTest = { gvmi, atRest };
    const tests = await plannedTests(gvmi, input);
    const hasShell = (await atRest?.follow("/bin/sh")) !== undefined || atRest === undefined;
    const probes = hasShell ? await probesFor(underTest) : [];
    const engine = await chooseEngine(input);
    const profile = vm.profile ?? "documented";
    const docker =
      "reason" in engine
        ? undefined
        : await runInDocker({ ...engine, tests, probes, underTest, vm, profile, signal, progress });
    const inVm = new ParityInVm({
      subject: { gvmi, atRest, user: "reason" in engine ? "" : await userOf(engine.image, signal) },
      probes,
      docker: docker?.tests,
    });
    const result = await testProfile({
      image: bootableImage(gvmi),
      underTest,
      vm,
      tests: inVm.plan(tests),
      signal,
      progress,
    });
    const inGolem = new Map(result.tests.map((test) => [test.id, test]));
    return {
      schema: PARITY_SCHEMA,
      image: path,
      durationMs: Math.round(performance.now() - started),
      docker: "reason" in engine ? null : engine,
      dockerReason: "reason" in engine ? engine.reason : null,
      profile: result.profile,
      accelerator: result.accelerator,
      failure: result.failure?.message ?? null,
      tests: tests.map((test) => {
        const found = inGolem.get(test.id);
        const golem: SideResult = found
          ? { verdict: found.ok ? "passed" : "failed", message: found.message }
          : notRun("the run ended before");
        return compareTest(test.name, dockerResult(docker, test), golem, inVm.causes.get(test.id));
      }),
      surroundings: [
        ...knownSurroundings(underTest, result.measurements?.overlay?.sizeBytes),
        ...compareSurroundings(probes, docker?.answers, inVm.answers),
      ],
    };
  });
}

function dockerResult(docker: DockerSide | undefined, { id }: PlannedTest): SideResult {
  return docker?.tests.get(id) ?? notRun("nothing was run in Docker");
}

/** An image of an engine that answers, or why nothing is run in Docker. */
async function chooseEngine({
  dockerImage,
  signal,
}: ParityInput): Promise<
  { readonly image: string; readonly version: string } | { readonly reason: string }
> {
  if (dockerImage === undefined) return { reason: "no image was named with --docker" };
  const source = parseImageSource(
    dockerImage.startsWith("docker:") ? dockerImage : `docker:${dockerImage}`,
  );
  if (source.kind !== "docker") throw new ImageSourceError(`${dockerImage} is no image's name.`);
  const engine = await findDockerEngine(signal);
  if (!engine.isUsable) return { reason: engine.reason };
  return { image: source.image, version: engine.serverVersion };
}
