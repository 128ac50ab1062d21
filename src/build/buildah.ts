import { join } from "node:path";
import type { Command, CommandResult } from "../system/run-command.ts";
import { passBuildArguments } from "./build-arguments.ts";
import { secretFlags } from "./build-secrets.ts";
import { isolated, type Namespaces } from "./buildah-namespaces.ts";
import { withPrivateStore } from "./buildah-private-store.ts";
import { type BaseStore, findBaseStore, identityLabelFlags } from "./buildah-stores.ts";
import {
  ARCHIVE_NAME,
  type Availability,
  type BuildControl,
  type Builder,
  type BuildPlan,
  type BuiltArchive,
  PLATFORM,
} from "./builder.ts";
import { commaSeparatedField } from "./comma-separated.ts";
import { checkPlatform } from "./docker.ts";
import { runBuildStep } from "./failed-build.ts";

/** The image's name in the private store. */
const IMAGE = "localhost/golem-image-build";

/**
 * `buildah bud`, which needs no daemon, then `buildah push` to an OCI archive.
 *
 * Each build has a store of its own, and namespaces of its own: ended at any moment, it leaves no container,
 * image, mount or process, where builds in the user's store would leave all of them. Base images are kept in
 * the user's store, which the private one reads, so that they are fetched once. The price is that layers of
 * RUN steps are not cached between builds; BuildKit does that where it is available.
 */
export const buildah: Builder = {
  name: "buildah",
  async probe(signal): Promise<Availability> {
    const found = await findBaseStore(signal);
    if (!found.isUsable) return found;
    const { namespaces, baseStore } = found;
    return {
      isUsable: true,
      description: `${baseStore.version}, ${namespaces === "user" ? "in a user namespace" : "as root"}`,
      build: (plan, control) => buildWithBuildah(plan, namespaces, baseStore, control),
    };
  },
};

async function buildWithBuildah(
  plan: BuildPlan,
  namespaces: Namespaces,
  baseStore: BaseStore,
  control: BuildControl,
): Promise<BuiltArchive> {
  const { signal } = control;
  const quiet: BuildControl = signal ? { signal } : {};
  const run = (activity: string, command: Command, isQuiet = false) =>
    runStep(activity, isolated(namespaces, command), isQuiet ? quiet : control);
  await withPrivateStore(plan.outputDirectory, namespaces, baseStore, signal, async (store) => {
    // Elsewhere this would fetch images for the machine's own architecture; the build does better then.
    for (const image of process.arch === "x64" ? plan.baseImages : []) {
      await run(`fetch ${image}`, pullCommand(image, baseStore, store.environment));
    }
    await run("build the image", buildCommand(plan, store.flags, store.environment, baseStore));
    const inspected = await run(
      "inspect the image",
      { program: "buildah", args: inspectArguments(store.flags), environment: store.environment },
      true,
    );
    checkPlatform(inspected.stdout);
    await run("write the archive", pushCommand(plan, store.flags, store.environment), true);
  });
  return { archive: join(plan.outputDirectory, ARCHIVE_NAME), format: "oci-archive" };
}

/** Nothing in its namespaces needs a chance to tidy up, so it is killed at once when the build is aborted. */
function runStep(
  activity: string,
  command: Command,
  control: BuildControl,
): Promise<CommandResult> {
  return runBuildStep("buildah", activity, command, control, { endSignal: "SIGKILL" });
}

/**
 * Fetches a base image to the user's store unless it is there. No `--platform`: with it, buildah asks the
 * registry even for images that are there.
 */
export function pullCommand(
  image: string,
  baseStore: Pick<BaseStore, "environment">,
  environment: Readonly<Record<string, string>>,
): Command {
  return {
    program: "buildah",
    args: ["pull", "--quiet", "--policy=missing", image],
    environment: { ...baseStore.environment, ...environment },
  };
}

/** The build itself. Chroot isolation needs neither a container runtime nor network set-up. */
export function buildCommand(
  plan: BuildPlan,
  store: readonly string[],
  environment: Readonly<Record<string, string>>,
  { version }: Pick<BaseStore, "version">,
): Command {
  const passed = passBuildArguments(plan.args);
  return {
    program: "buildah",
    args: [
      ...store,
      "bud",
      "--isolation=chroot",
      `--platform=${PLATFORM}`,
      "--layers=false",
      ...identityLabelFlags(version),
      `--file=${commaSeparatedField(plan.dockerfile)}`,
      `--tag=${IMAGE}`,
      ...(plan.target === undefined ? [] : [`--target=${plan.target}`]),
      ...(plan.sourceDateEpoch === undefined ? [] : [`--timestamp=${plan.sourceDateEpoch}`]),
      ...passed.flags,
      ...secretFlags(plan.secrets),
      plan.context,
    ],
    environment: { ...passed.environment, ...environment },
  };
}

function inspectArguments(store: readonly string[]): string[] {
  return [
    ...store,
    "inspect",
    "--type=image",
    "--format={{.OCIv1.OS}}/{{.OCIv1.Architecture}}",
    IMAGE,
  ];
}

/** Runs in the directory it writes to: a colon in the archive's path would end it. */
export function pushCommand(
  plan: Pick<BuildPlan, "outputDirectory">,
  store: readonly string[],
  environment: Readonly<Record<string, string>>,
): Command {
  return {
    program: "buildah",
    args: [
      ...store,
      "push",
      "--quiet",
      "--disable-compression",
      IMAGE,
      `oci-archive:${ARCHIVE_NAME}`,
    ],
    environment,
    directory: plan.outputDirectory,
  };
}
