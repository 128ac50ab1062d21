import * as v from "valibot";
import { MissingToolError } from "../errors.ts";
import { type Command, type CommandResult, runCommand } from "../system/run-command.ts";
import { PROBE_TIMEOUT, type UnusableBuilder } from "./builder.ts";

export interface DockerEngine {
  readonly isUsable: true;
  readonly clientVersion: string;
  readonly serverVersion: string;
  /** Podman answers like Docker's engine, but has no BuildKit. */
  readonly isPodman: boolean;
}

export const DOCKER_VERSION: Command = {
  program: "docker",
  args: ["version", "--format", "{{json .}}"],
};

const VersionSchema = v.object({
  Client: v.object({ Version: v.string() }),
  Server: v.nullish(
    v.object({
      Version: v.string(),
      Os: v.string(),
      Components: v.nullish(v.array(v.object({ Name: v.string() }))),
    }),
  ),
});

const CURE =
  "Install and start Docker (https://docs.docker.com/engine/install/), and make sure that you may use it: `docker version` shows a server then.";

/** Asks whether an engine answers; the program alone says nothing. */
export async function findDockerEngine(
  signal?: AbortSignal,
): Promise<DockerEngine | UnusableBuilder> {
  try {
    return judgeEngine(await runProbe(DOCKER_VERSION, signal));
  } catch (error) {
    if (!(error instanceof MissingToolError)) throw error;
    return { isUsable: false, reason: "docker is not installed", cure: CURE };
  }
}

/** What the answer to `docker version` means. */
export function judgeEngine(
  result: Pick<CommandResult, "stdout" | "stderr" | "timedOut">,
): DockerEngine | UnusableBuilder {
  const unusable = (reason: string): UnusableBuilder => ({ isUsable: false, reason, cure: CURE });
  if (result.timedOut) return unusable(`no Docker engine answered in ${PROBE_TIMEOUT / 1000} s`);
  const version = parseJson(VersionSchema, result.stdout);
  if (!version?.Server) {
    const evidence = firstLine(result.stderr);
    return unusable(`no Docker engine answers${evidence && ` (${evidence})`}`);
  }
  if (version.Server.Os !== "linux") {
    return unusable(`the Docker engine makes images for ${version.Server.Os}`);
  }
  return {
    isUsable: true,
    clientVersion: version.Client.Version,
    serverVersion: version.Server.Version,
    isPodman: version.Server.Components?.some(({ Name }) => /podman/i.test(Name)) ?? false,
  };
}

/** Runs a command that answers at once when all is well. */
export function runProbe(command: Command, signal?: AbortSignal): Promise<CommandResult> {
  return runCommand(command, { timeoutMs: PROBE_TIMEOUT, ...(signal && { signal }) });
}

export function parseJson<const TSchema extends v.GenericSchema>(
  schema: TSchema,
  text: string,
): v.InferOutput<TSchema> | undefined {
  try {
    const result = v.safeParse(schema, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

/** The first line that says something, without the full stop, as a part of a sentence. */
export function firstLine(text: string): string {
  const line = text.split("\n").find((candidate) => candidate.trim() !== "") ?? "";
  return line
    .replace(/\p{Cc}/gu, "")
    .trim()
    .replace(/\.$/, "")
    .slice(0, 300);
}
