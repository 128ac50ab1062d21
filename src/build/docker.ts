import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { BuildError } from "../errors.ts";
import { type Command, runCommand } from "../system/run-command.ts";
import { passBuildArguments } from "./build-arguments.ts";
import { secretFlags } from "./build-secrets.ts";
import {
  ARCHIVE_NAME,
  type Availability,
  type BuildControl,
  type Builder,
  type BuildPlan,
  type BuiltArchive,
  PLATFORM,
} from "./builder.ts";
import { createdImages, unfinishedContainer } from "./classic-builder.ts";
import { type DockerEngine, findDockerEngine, runProbe } from "./docker-engine.ts";
import { runBuildStep } from "./failed-build.ts";
import { temporaryTag } from "./temporary-tag.ts";

/** Milliseconds for removing an image. */
const CLEANUP_TIMEOUT = 30_000;

/** `docker build`, then `docker save`: one more copy of the image than buildx, but every engine can do it. */
export const docker: Builder = {
  name: "docker",
  async probe(signal): Promise<Availability> {
    const engine = await findDockerEngine(signal);
    if (!engine.isUsable) return engine;
    const buildKit = await findBuildKit(engine, signal);
    const server = `${engine.isPodman ? "Podman" : "Docker engine"} ${engine.serverVersion}`;
    return {
      isUsable: true,
      description: `${server}, ${buildKit === "none" ? "classic builder" : "BuildKit"}`,
      build: (plan, control) => buildWithDocker(plan, buildKit, control),
    };
  },
};

/** What `docker build` builds with: the buildx component, BuildKit in the client, or neither. */
export type BuildKit = "component" | "built-in" | "none";

/**
 * Since Docker 23 the client leaves BuildKit to the buildx component, which may be missing; before, it is
 * built in, but not the default.
 *
 * @see https://docs.docker.com/engine/release-notes/23.0/
 */
async function findBuildKit(engine: DockerEngine, signal?: AbortSignal): Promise<BuildKit> {
  if (engine.isPodman) return "none";
  if (Number.parseInt(engine.clientVersion, 10) < 23) return "built-in";
  return (await runProbe(BUILDX_VERSION, signal)).exitCode === 0 ? "component" : "none";
}

export const BUILDX_VERSION: Command = { program: "docker", args: ["buildx", "version"] };

async function buildWithDocker(
  plan: BuildPlan,
  buildKit: BuildKit,
  control: BuildControl,
): Promise<BuiltArchive> {
  if (buildKit === "none" && (plan.secrets ?? []).length > 0) {
    throw new BuildError("The engine's classic builder cannot take build secrets.", {
      hint: "Install Docker's buildx component (https://docs.docker.com/go/buildx/), or build with buildah.",
    });
  }
  const tag = temporaryTag();
  const output: string[] = [];
  try {
    await runBuildStep("docker", "build the image", dockerBuildCommand(plan, tag, buildKit), {
      ...control,
      onLine: (line, stream) => {
        if (buildKit === "none" && stream === "stdout") output.push(line);
        control.onLine?.(line, stream);
      },
    });
    const inspect = await runBuildStep(
      "docker",
      "inspect the image",
      dockerPlatformCommand(tag),
      withoutLines(control),
    );
    checkPlatform(inspect.stdout);
    await runBuildStep("docker", "save the image", dockerSaveCommand(tag, plan.outputDirectory), {
      ...withoutLines(control),
    });
  } finally {
    await tidyUp(tag, output);
  }
  return { archive: join(plan.outputDirectory, ARCHIVE_NAME), format: "docker-archive" };
}

const FLAGS: Readonly<Record<BuildKit, readonly string[]>> = {
  // The selected builder may be one that leaves the image to itself.
  component: ["--load"],
  "built-in": [],
  // Without this the container of a step that fails stays.
  none: ["--force-rm"],
};

/** The build itself. */
export function dockerBuildCommand(plan: BuildPlan, tag: string, buildKit: BuildKit): Command {
  const { flags, environment } = passBuildArguments(plan.args);
  return {
    program: "docker",
    args: [
      "build",
      `--platform=${PLATFORM}`,
      `--file=${plan.dockerfile}`,
      `--tag=${tag}`,
      ...FLAGS[buildKit],
      ...(plan.target === undefined ? [] : [`--target=${plan.target}`]),
      ...flags,
      ...secretFlags(plan.secrets),
      plan.context,
    ],
    environment: {
      ...environment,
      DOCKER_BUILDKIT: buildKit === "none" ? "0" : "1",
      ...(buildKit !== "none" && {
        BUILDKIT_PROGRESS: "plain",
        BUILDX_NO_DEFAULT_ATTESTATIONS: "1",
      }),
    },
  };
}

export function dockerPlatformCommand(image: string): Command {
  return {
    program: "docker",
    args: ["image", "inspect", "--format={{.Os}}/{{.Architecture}}", image],
  };
}

/** Runs in the directory it writes to, so that the path needs no quoting. */
export function dockerSaveCommand(image: string, outputDirectory: string): Command {
  return {
    program: "docker",
    args: ["save", `--output=${ARCHIVE_NAME}`, image],
    directory: outputDirectory,
  };
}

export function dockerNameCountCommand(image: string): Command {
  return { program: "docker", args: ["image", "inspect", "--format={{len .RepoTags}}", image] };
}

export function dockerContainerCommand(container: string): Command {
  return { program: "docker", args: ["container", "inspect", "--format={{.Id}}", container] };
}

/** Parents are kept: they may be the cache of a build that is not ours. */
export function dockerRemoveCommand(image: string): Command {
  return { program: "docker", args: ["image", "rm", "--force", "--no-prune", image] };
}

/** @throws {BuildError} for another platform than linux/amd64 */
export function checkPlatform(inspected: string): void {
  const platform = inspected.trim();
  if (platform === PLATFORM) return;
  throw new BuildError(`The image is for ${platform}. Golem's providers run linux/amd64 only.`, {
    hint: "Start from an image for linux/amd64 (FROM), without `--platform` for another one.",
  });
}

/** @param output what the classic builder printed; nothing for BuildKit, which keeps no images of steps */
async function tidyUp(tag: string, output: readonly string[]): Promise<void> {
  await removeImages([tag]);
  const container = unfinishedContainer(output);
  // Its image cannot be removed before.
  if (container) await waitUntilRemoved(container);
  await removeImages(await withoutNames(createdImages(output)));
}

async function waitUntilRemoved(container: string): Promise<void> {
  const inspect = dockerContainerCommand(container);
  const deadline = Date.now() + CLEANUP_TIMEOUT;
  while (Date.now() < deadline) {
    const { exitCode } = await runCommand(inspect, { timeoutMs: CLEANUP_TIMEOUT });
    if (exitCode !== 0) return;
    await setTimeout(100);
  }
}

/** What fails here was not made, or is in use by another build: either way there is nothing to say. */
async function removeImages(images: readonly string[]): Promise<void> {
  for (const image of images) {
    await runCommand(dockerRemoveCommand(image), { timeoutMs: CLEANUP_TIMEOUT }).catch(() => {});
  }
}

/** What a build prints is not to be trusted: images that have a name are not the build's to remove. */
async function withoutNames(images: readonly string[]): Promise<string[]> {
  const nameless: string[] = [];
  for (const image of images) {
    const count = await runCommand(dockerNameCountCommand(image), { timeoutMs: CLEANUP_TIMEOUT });
    if (count.exitCode === 0 && count.stdout.trim() === "0") nameless.push(image);
  }
  return nameless;
}

const withoutLines = ({ signal }: BuildControl): BuildControl => (signal ? { signal } : {});
