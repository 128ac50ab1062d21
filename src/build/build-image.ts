import { rm } from "node:fs/promises";
import { join } from "node:path";
import { removeSecrets, storeSecrets } from "./build-secrets.ts";
import { buildah } from "./buildah.ts";
import {
  ARCHIVE_NAME,
  type BuildControl,
  type Builder,
  type BuilderName,
  type BuiltArchive,
} from "./builder.ts";
import { buildx } from "./buildx.ts";
import { chooseBuilder } from "./choose-builder.ts";
import { docker } from "./docker.ts";
import { type BuildRequest, planBuild } from "./plan-build.ts";

export interface BuildImageOptions extends BuildRequest, BuildControl {
  builder: "auto" | BuilderName;
  /** Called once, before the build starts, with the reason for the choice. */
  onBuilder?: (name: BuilderName, reason: string) => void;
}

export interface BuiltImage extends BuiltArchive {
  readonly builder: BuilderName;
  /** Why this builder, and why not those before it: full sentences. */
  readonly reason: string;
}

/** In order of preference: fewest copies of the image first. */
export const BUILDERS: readonly Builder[] = [buildx, docker, buildah];

/**
 * Builds a Dockerfile for linux/amd64 into an archive in the output directory. The builder's own caches
 * aside, only the archive is left; when the build fails or is aborted, nothing.
 *
 * @throws {BuildError} when the request is wrong, the build fails, or its image is for another platform
 * @throws {MissingToolError} when no builder, or not the one that was asked for, works here
 * @throws the abort reason
 */
export async function buildImage(options: BuildImageOptions): Promise<BuiltImage> {
  const { signal, onLine } = options;
  const plan = await planBuild(options);
  const { name, builder, reason } = await chooseBuilder(options.builder, BUILDERS, signal);
  options.onBuilder?.(name, reason);
  const { outputDirectory } = plan;
  try {
    const secrets = await storeSecrets(options.secrets ?? {}, outputDirectory);
    const built = await builder.build(
      { ...plan, secrets },
      {
        ...(signal && { signal }),
        ...(onLine && { onLine }),
      },
    );
    return { ...built, builder: name, reason };
  } catch (error) {
    await rm(join(outputDirectory, ARCHIVE_NAME), { force: true });
    throw error;
  } finally {
    await removeSecrets(outputDirectory);
  }
}
