import * as v from "valibot";
import { MissingToolError } from "../errors.ts";
import type { Command, CommandResult } from "../system/run-command.ts";
import { isolated, type Namespaces } from "./buildah-namespaces.ts";
import { PROBE_TIMEOUT, type UnusableBuilder } from "./builder.ts";
import { commaSeparatedField } from "./comma-separated.ts";
import { firstLine, parseJson, runProbe } from "./docker-engine.ts";

/** The store in which buildah and podman keep the user's images. */
export interface BaseStore {
  /** Such as "buildah 1.28.2". */
  readonly version: string;
  /** Storage driver, such as `overlay` or `vfs`. */
  readonly driver: string;
  readonly directory: string;
  /** What makes buildah use that driver. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface FoundBaseStore {
  readonly isUsable: true;
  readonly namespaces: Namespaces;
  readonly baseStore: BaseStore;
}

/** The driver that is set up, or the one that works everywhere. */
const DRIVER_CHOICES: readonly Record<string, string>[] = [{}, { STORAGE_DRIVER: "vfs" }];

const CURE =
  "Install it (`apt-get install buildah uidmap`), and let users make user namespaces, or build as root.";

/**
 * Finds out whether buildah works here, with namespaces and a storage driver. A store that is set up for
 * overlay cannot be used on top of another overlay, in a container for example: `vfs` works everywhere.
 */
export async function findBaseStore(
  signal?: AbortSignal,
  isRoot: boolean = process.getuid?.() === 0,
): Promise<FoundBaseStore | UnusableBuilder> {
  const failures: string[] = [];
  try {
    const version = readVersion(
      (await runProbe({ program: "buildah", args: ["--version"] }, signal)).stdout,
    );
    // Root of a container that may not mount needs a user namespace, as others do.
    for (const namespaces of isRoot ? (["root", "user"] as const) : (["user"] as const)) {
      for (const environment of DRIVER_CHOICES) {
        const result = await runProbe(isolated(namespaces, infoCommand([], environment)), signal);
        const store = readInfo(result);
        if (store) {
          const baseStore = { version, environment, ...store };
          return { isUsable: true, namespaces, baseStore };
        }
        failures.push(describeFailure(result));
      }
    }
  } catch (error) {
    if (!(error instanceof MissingToolError)) throw error;
    const program = /Cannot run (\S+):/.exec(error.message)?.[1] ?? "buildah";
    return { isUsable: false, reason: `${program} is not installed`, cure: CURE };
  }
  return { isUsable: false, reason: `it does not work here (${failures[0]})`, cure: CURE };
}

function describeFailure({ timedOut, stderr }: CommandResult): string {
  if (timedOut) return `no answer in ${PROBE_TIMEOUT / 1000} s`;
  return firstLine(stderr.trim().split("\n").reverse().join("\n")) || "no reason given";
}

export function infoCommand(
  flags: readonly string[],
  environment: Readonly<Record<string, string>>,
): Command {
  return { program: "buildah", args: [...flags, "info"], environment };
}

const InfoSchema = v.object({
  store: v.object({ GraphDriverName: v.string(), GraphRoot: v.string() }),
});

/** What `buildah info` prints, as JSON. */
export function readInfo(
  result: Pick<CommandResult, "exitCode" | "stdout">,
): Pick<BaseStore, "driver" | "directory"> | undefined {
  const info = result.exitCode === 0 ? parseJson(InfoSchema, result.stdout) : undefined;
  return info && { driver: info.store.GraphDriverName, directory: info.store.GraphRoot };
}

/** From `buildah version 1.28.2 (image-spec ...)`. */
export function readVersion(output: string): string {
  const number = /^buildah version (\d+(?:\.\d+)*)/.exec(output)?.[1];
  return number ? `buildah ${number}` : "buildah";
}

/**
 * Keeps buildah's version out of the image's labels, which two machines would disagree on; before 1.26 it
 * cannot be kept out.
 *
 * @see https://github.com/containers/buildah/pull/3829
 */
export function identityLabelFlags(version: string): string[] {
  const [major = 0, minor = 0] = version.replace("buildah ", "").split(".").map(Number);
  return major > 1 || (major === 1 && minor >= 26) ? ["--identity-label=false"] : [];
}

/** A store in `directory` that reads images of the base store, too, when both have one driver. */
export function storeFlags(directory: string, driver: string, baseDirectory?: string): string[] {
  return [
    `--root=${directory}/root`,
    `--runroot=${directory}/run`,
    `--storage-driver=${driver}`,
    ...(baseDirectory === undefined
      ? []
      : [`--storage-opt=${commaSeparatedField(`${driver}.imagestore=${baseDirectory}`)}`]),
  ];
}
