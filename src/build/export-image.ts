import { rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { ImageSourceError, MissingToolError } from "../errors.ts";
import type { ImageFormat } from "../oci/image-source.ts";
import { type Command, runCommand } from "../system/run-command.ts";
import { ARCHIVE_NAME, PLATFORM } from "./builder.ts";
import { dockerPlatformCommand, dockerSaveCommand } from "./docker.ts";
import { findDockerEngine, firstLine } from "./docker-engine.ts";
import { SOURCE_FORMS, type SourceDescription } from "./parse-image-source.ts";

export interface ExportOptions {
  /** A private directory of the caller, who removes it. */
  outputDirectory: string;
  signal?: AbortSignal;
}

export interface ExportedImage {
  /** Absolute path of an archive, or of an OCI layout's directory. */
  readonly archive: string;
  /** What the source was said to be; absent for a path alone. */
  readonly format?: ImageFormat;
}

/**
 * Makes an image that exists available as an archive: one of the Docker engine is saved to the output
 * directory, files are used where they are.
 *
 * @throws {ImageSourceError} when there is no such image or file, or it is for another platform
 * @throws {MissingToolError} when the image is one of a Docker engine, and none answers
 * @throws the abort reason
 */
export async function exportImage(
  source: SourceDescription,
  options: ExportOptions,
): Promise<ExportedImage> {
  if (source.kind === "docker") return saveFromDocker(source.image, options);
  const archive = resolve(source.path);
  await checkFile(source, archive);
  if (source.kind === "path") return { archive };
  return { archive, format: source.kind === "oci" ? "oci-layout" : source.kind };
}

async function checkFile(
  source: Exclude<SourceDescription, { kind: "docker" }>,
  archive: string,
): Promise<void> {
  const status = await stat(archive).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
    throw new ImageSourceError(`Cannot read ${archive}: ${error.message}.`, { cause: error });
  });
  if (!status) {
    throw new ImageSourceError(`There is no image archive at ${archive}.`, {
      hint:
        source.kind === "path"
          ? `Give ${SOURCE_FORMS}. For an image of the Docker engine, write docker:${source.path}.`
          : "Check the path, which starts at the working directory.",
    });
  }
  if (source.kind === "oci" && !status.isDirectory()) {
    throw new ImageSourceError(`${archive} is not a directory, which an OCI layout is.`, {
      hint: `Write oci-archive:${source.path} for an archive.`,
    });
  }
  if (source.kind !== "oci" && source.kind !== "path" && status.isDirectory()) {
    throw new ImageSourceError(`${archive} is a directory, not an archive.`, {
      hint: `Write oci:${source.path} for an OCI layout.`,
    });
  }
}

async function saveFromDocker(
  image: string,
  { outputDirectory, signal }: ExportOptions,
): Promise<ExportedImage> {
  const engine = await findDockerEngine(signal);
  if (!engine.isUsable) {
    throw new MissingToolError(`Cannot save docker:${image}: ${engine.reason}.`, {
      hint: engine.cure,
    });
  }
  const platform = (await run(dockerPlatformCommand(image), image, signal)).trim();
  if (platform !== PLATFORM) {
    throw new ImageSourceError(
      `The image docker:${image} is for ${platform}. Golem's providers run linux/amd64 only.`,
      { hint: `Get it for the right platform: \`docker pull --platform ${PLATFORM} ${image}\`.` },
    );
  }
  const archive = resolve(join(outputDirectory, ARCHIVE_NAME));
  try {
    await run(dockerSaveCommand(image, outputDirectory), image, signal);
  } catch (error) {
    await rm(archive, { force: true });
    throw error;
  }
  return { archive, format: "docker-archive" };
}

async function run(command: Command, image: string, signal?: AbortSignal): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(command, { ...(signal && { signal }) });
  if (exitCode === 0) return stdout;
  if (/no such (?:image|object)/i.test(stderr)) {
    throw new ImageSourceError(`The Docker engine has no image ${image}.`, {
      hint: `Run \`docker pull --platform ${PLATFORM} ${image}\` or build it; \`docker image ls\` lists what is there.`,
    });
  }
  throw new ImageSourceError(`Docker cannot save the image ${image}.`, {
    details: firstLine(stderr),
  });
}
