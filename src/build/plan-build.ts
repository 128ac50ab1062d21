import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { readDockerfile } from "../dockerfile/read-dockerfile.ts";
import { BuildError } from "../errors.ts";
import { passBuildArguments } from "./build-arguments.ts";
import type { SecretSource } from "./build-secrets.ts";
import type { BuildPlan } from "./builder.ts";
import { findBaseImages, findForeignPlatform } from "./dockerfile-stages.ts";

export interface BuildRequest {
  /** The directory that COPY and ADD read. */
  context: string;
  /** `Dockerfile` in the context when absent. */
  dockerfile?: string;
  args?: Readonly<Record<string, string>>;
  target?: string;
  /** Where secrets are, by their ids. */
  secrets?: Readonly<Record<string, SecretSource>>;
  /** Places such as `type=gha`. */
  cacheFrom?: readonly string[];
  cacheTo?: readonly string[];
  /** Seconds since 1970, for an image that is the same each time. */
  sourceDateEpoch?: number | undefined;
  /** A private directory of the caller, who removes it. */
  outputDirectory: string;
}

/**
 * Checks what can be checked before a builder runs. Relative paths start at the working directory.
 *
 * @throws {BuildError} saying which part of the request is wrong
 */
export async function planBuild(request: BuildRequest): Promise<BuildPlan> {
  const { args = {}, target } = request;
  const context = await checkContext(request.context);
  const dockerfile = resolve(request.dockerfile ?? join(context, "Dockerfile"));
  const text = await readInstructions(dockerfile);
  passBuildArguments(args);
  checkTarget(target);
  const stages = { buildArguments: args, ...(target !== undefined && { target }) };
  const foreign = findForeignPlatform(text, stages);
  if (foreign) {
    throw new BuildError(
      `${dockerfile}, line ${foreign.line}: the image would be for ${foreign.platform}. Golem's providers run linux/amd64 only.`,
      { hint: "Remove `--platform` from this FROM; the image is built for linux/amd64 then." },
    );
  }
  return {
    context,
    dockerfile,
    args,
    ...(target !== undefined && { target }),
    baseImages: findBaseImages(text, stages),
    ...(request.sourceDateEpoch !== undefined && { sourceDateEpoch: request.sourceDateEpoch }),
    ...(request.cacheFrom && { cacheFrom: request.cacheFrom }),
    ...(request.cacheTo && { cacheTo: request.cacheTo }),
    outputDirectory: resolve(request.outputDirectory),
  };
}

async function checkContext(given: string): Promise<string> {
  if (/^(?:[a-z][a-z0-9+.-]*:\/\/|git@|-$)/i.test(given)) {
    throw new BuildError(`The build context ${given} is not a directory on this machine.`, {
      hint: "Clone or unpack it first, and give the directory.",
    });
  }
  const context = resolve(given);
  const status = await stat(context).catch(() => undefined);
  if (!status) {
    throw new BuildError(`There is no build context at ${context}.`, {
      hint: "Give the directory that the Dockerfile copies from.",
    });
  }
  if (!status.isDirectory()) {
    throw new BuildError(`The build context ${context} is not a directory.`, {
      hint: "Give the directory; name a Dockerfile inside it with `--file`.",
    });
  }
  return context;
}

async function readInstructions(path: string): Promise<string> {
  const text = await readDockerfile(path);
  if (text.trim() !== "") return text;
  throw new BuildError(`The Dockerfile ${path} is empty.`, {
    hint: "It needs at least one FROM instruction.",
  });
}

function checkTarget(target: string | undefined): void {
  if (target === undefined || /^[\w.][\w.-]*$/.test(target)) return;
  throw new BuildError(`Invalid target stage: ${JSON.stringify(target)}.`, {
    hint: "Give the name after AS in the Dockerfile, or the stage's number from 0.",
  });
}
