import { copyFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type BuiltImage, buildImage } from "../build/build-image.ts";
import type { Settings } from "../settings/settings.ts";
import { makeDirectories } from "../system/make-directories.ts";
import { replaceFile } from "../system/replace-file.ts";
import { withTemporaryDirectory } from "../system/temporary.ts";
import type { Progress } from "./progress.ts";
import { sourceDateEpoch } from "./source-date-epoch.ts";

export interface BuildInput {
  /** The directory that the Dockerfile copies from. */
  readonly context: string;
  readonly settings: Pick<Settings, "dockerfile" | "build">;
  readonly signal?: AbortSignal;
  readonly progress: Progress;
}

/** What the build stage's JSON says. */
export interface BuildResult {
  readonly builder: BuiltImage["builder"];
  /** Why this builder, and why not those before it. */
  readonly reason: string;
  readonly format: BuiltImage["format"];
}

/**
 * Builds the Dockerfile into a temporary archive, hands it to `body`, and removes it. Throws what
 * `buildImage` throws.
 */
export async function buildInto(
  input: BuildInput & { outputDirectory: string },
): Promise<BuildResult & { archive: string }> {
  const { settings, progress, signal } = input;
  const { archive, builder, reason, format } = await buildImage({
    context: input.context,
    dockerfile: settings.dockerfile,
    builder: settings.build.builder,
    args: settings.build.args,
    ...(settings.build.target !== undefined && { target: settings.build.target }),
    ...(settings.build.secrets && { secrets: settings.build.secrets }),
    ...(settings.build.cacheFrom && { cacheFrom: settings.build.cacheFrom }),
    ...(settings.build.cacheTo && { cacheTo: settings.build.cacheTo }),
    sourceDateEpoch: sourceDateEpoch(process.env),
    outputDirectory: input.outputDirectory,
    ...(signal && { signal }),
    onBuilder: (_, text) => progress.note(text),
    onLine: (line) => progress.detail(line),
  });
  return { archive, builder, reason, format };
}

/** Builds the Dockerfile into an archive that is kept; an earlier one there is replaced at the end. */
export async function buildArchive(
  input: BuildInput & { output: string },
): Promise<BuildResult & { path: string }> {
  const { output } = input;
  return withTemporaryDirectory(async (outputDirectory) => {
    const { archive, ...result } = await buildInto({ ...input, outputDirectory });
    await makeDirectories(dirname(output));
    await replaceFile(output, (partialPath) => copyFile(archive, partialPath));
    return { path: output, ...result };
  });
}
