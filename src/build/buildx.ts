import { join } from "node:path";
import * as v from "valibot";
import { MissingToolError } from "../errors.ts";
import type { Command, CommandResult } from "../system/run-command.ts";
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
  PROBE_TIMEOUT,
  type UnusableBuilder,
} from "./builder.ts";
import { BUILDX_VERSION } from "./docker.ts";
import { firstLine, parseJson, runProbe } from "./docker-engine.ts";
import { runBuildStep } from "./failed-build.ts";
import { usableCaches } from "./layer-caches.ts";

/** `docker buildx build`, which writes an OCI archive with no copy in an engine. */
export const buildx: Builder = {
  name: "buildx",
  async probe(signal): Promise<Availability> {
    const selected = await findSelectedBuilder(signal);
    if (!selected.isUsable) return selected;
    if (selected.driver === "docker" && !(await hasContainerdStore(signal))) {
      return cannotExport(selected.name);
    }
    return {
      isUsable: true,
      description: `builder ${selected.name}, driver ${selected.driver}`,
      build: (plan, control) => buildWithBuildx(plan, selected.driver, control),
    };
  },
};

export interface SelectedBuilder {
  readonly isUsable: true;
  readonly name: string;
  readonly driver: string;
}

export const BUILDX_INSPECT: Command = { program: "docker", args: ["buildx", "inspect"] };

/** How the engine keeps images. */
export const DOCKER_STORE: Command = {
  program: "docker",
  args: ["info", "--format={{json .DriverStatus}}"],
};

async function findSelectedBuilder(
  signal?: AbortSignal,
): Promise<SelectedBuilder | UnusableBuilder> {
  try {
    if ((await runProbe(BUILDX_VERSION, signal)).exitCode !== 0) {
      return unusable(
        "Docker's buildx component is not installed",
        "Install it (https://docs.docker.com/go/buildx/).",
      );
    }
    return judgeSelectedBuilder(await runProbe(BUILDX_INSPECT, signal));
  } catch (error) {
    if (!(error instanceof MissingToolError)) throw error;
    return unusable("docker is not installed", "Install Docker with its buildx component.");
  }
}

/** What `docker buildx inspect` says of the builder that would be used. */
export function judgeSelectedBuilder(
  result: Pick<CommandResult, "stdout" | "stderr" | "timedOut">,
): SelectedBuilder | UnusableBuilder {
  const field = (name: string) =>
    new RegExp(`^${name}:[ \\t]+(\\S.*)$`, "m").exec(result.stdout)?.[1]?.trim();
  const name = field("Name") ?? "default";
  const error = field("Error") ?? firstLine(result.stderr);
  const cure =
    "Start it with `docker buildx inspect --bootstrap`, or select another one with `docker buildx use`.";
  if (result.timedOut) {
    return unusable(`its builder did not answer in ${PROBE_TIMEOUT / 1000} s`, cure);
  }
  const driver = field("Driver");
  if (driver && /^Status:[ \t]+running[ \t]*$/m.test(result.stdout)) {
    return { isUsable: true, name, driver };
  }
  const status = error || `its status is ${field("Status") ?? "unknown"}`;
  return unusable(`its builder ${name} does not answer (${firstLine(status)})`, cure);
}

/**
 * Whether the engine keeps images in containerd: only then can its built-in builder export them.
 *
 * @see https://docs.docker.com/build/exporters/oci-docker/
 */
async function hasContainerdStore(signal?: AbortSignal): Promise<boolean> {
  return isContainerdStore((await runProbe(DOCKER_STORE, signal)).stdout);
}

const DriverStatusSchema = v.array(v.tuple([v.string(), v.string()]));

/** @param driverStatus as `docker info` prints it: a JSON list of names and values */
export function isContainerdStore(driverStatus: string): boolean {
  const pairs = parseJson(DriverStatusSchema, driverStatus) ?? [];
  return pairs.some(
    ([name, value]) => name === "driver-type" && value.startsWith("io.containerd.snapshotter"),
  );
}

const cannotExport = (name: string) =>
  unusable(
    `its builder ${name} is the engine's own, which exports images only with the containerd image store`,
    "Select another one: `docker buildx create --use --driver docker-container --bootstrap`.",
  );

const unusable = (reason: string, cure: string): UnusableBuilder => ({
  isUsable: false,
  reason,
  cure,
});

async function buildWithBuildx(
  plan: BuildPlan,
  driver: string,
  control: BuildControl,
): Promise<BuiltArchive> {
  const { from, to, note } = usableCaches(plan, driver, process.env);
  if (note !== undefined) control.onLine?.(note, "stderr");
  const command = buildxCommand({ ...plan, cacheFrom: from, cacheTo: to });
  await runBuildStep("buildx", "build the image", command, control);
  return { archive: join(plan.outputDirectory, ARCHIVE_NAME), format: "oci-archive" };
}

/**
 * Layers are left uncompressed: they are read once, at once. Attestations have no place in a .gvmi.
 *
 * @see https://docs.docker.com/build/exporters/oci-docker/
 */
export function buildxCommand(plan: BuildPlan): Command {
  const { flags, environment } = passBuildArguments(plan.args);
  const { sourceDateEpoch } = plan;
  // Without it only the image itself has that time, and not the files that its steps write.
  const rewrite = sourceDateEpoch === undefined ? "" : ",rewrite-timestamp=true";
  return {
    program: "docker",
    args: [
      "buildx",
      "build",
      `--platform=${PLATFORM}`,
      `--file=${plan.dockerfile}`,
      `--output=type=oci,dest=${ARCHIVE_NAME},compression=uncompressed,force-compression=true${rewrite}`,
      "--provenance=false",
      "--sbom=false",
      "--progress=plain",
      ...(plan.target === undefined ? [] : [`--target=${plan.target}`]),
      ...flags,
      ...secretFlags(plan.secrets),
      ...(plan.cacheFrom ?? []).map((place) => `--cache-from=${place}`),
      ...(plan.cacheTo ?? []).map((place) => `--cache-to=${place}`),
      plan.context,
    ],
    environment: {
      ...environment,
      ...(sourceDateEpoch !== undefined && { SOURCE_DATE_EPOCH: String(sourceDateEpoch) }),
    },
    directory: plan.outputDirectory,
  };
}
