import { open, stat } from "node:fs/promises";
import { join } from "node:path";
import { describeFinalImage } from "../dockerfile/final-image.ts";
import { parseDockerfile } from "../dockerfile/parse-dockerfile.ts";
import { readDockerfile } from "../dockerfile/read-dockerfile.ts";
import { BuildError, UsageError } from "../errors.ts";
import { readGvmi } from "../gvmi/read.ts";
import {
  type ServiceDescription,
  serviceOfDockerfile,
  serviceOfImage,
} from "../lint/init-script/service.ts";
import { withImage } from "../oci/image.ts";
import type { Settings } from "../settings/settings.ts";
import { withSourceArchive } from "./source-image.ts";

/** What an init script can be made of. */
export type ServiceSource =
  | { readonly kind: "image"; readonly source: string }
  | { readonly kind: "gvmi"; readonly source: string }
  | { readonly kind: "dockerfile"; readonly path: string }
  /** A directory with a Dockerfile and perhaps settings. */
  | { readonly kind: "context"; readonly path: string };

const IMAGE_FORM = /^(docker|docker-archive|oci-archive|oci):/;

/** As a tar and a gzip start; the tar's mark is further on. */
const TAR_MARK = { offset: 257, text: "ustar" };
const GZIP_MARK = "\u001f\u008b";

/**
 * Finds out what a path is, by its content.
 *
 * @param source an image as `convert` takes it, a .gvmi, a Dockerfile, or a directory with one
 * @throws {UsageError} when there is nothing
 */
export async function findServiceSource(source: string): Promise<ServiceSource> {
  if (IMAGE_FORM.test(source)) return { kind: "image", source };
  const status = await stat(source).catch(() => undefined);
  if (!status) {
    throw new UsageError(`There is no ${source}.`, {
      hint: `Give a Dockerfile, its directory, an archive or a .gvmi; for an image of the Docker engine write docker:${source}.`,
    });
  }
  if (status.isDirectory()) {
    const layout = await stat(join(source, "oci-layout")).catch(() => undefined);
    return layout ? { kind: "image", source } : { kind: "context", path: source };
  }
  const head = await readHead(source);
  if (head.startsWith("hsqs")) return { kind: "gvmi", source };
  const isArchive = head.startsWith(GZIP_MARK) || head.startsWith(TAR_MARK.text, TAR_MARK.offset);
  return isArchive ? { kind: "image", source } : { kind: "dockerfile", path: source };
}

async function readHead(path: string): Promise<string> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.toString("latin1", 0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * What a container engine would start of an image.
 *
 * @throws {ImageSourceError} when the archive is damaged
 * @throws {GvmiFormatError} when the .gvmi is
 */
export async function readImageService(
  { kind, source }: Extract<ServiceSource, { source: string }>,
  signal?: AbortSignal,
): Promise<ServiceDescription> {
  if (kind === "gvmi") return serviceOfImage((await readGvmi(source)).metadata);
  const options = signal ? { signal } : {};
  const config = await withSourceArchive(source, options, (archive) =>
    withImage(archive, options, async (image) => image.config),
  );
  return serviceOfImage(config);
}

/**
 * The same of the image that a Dockerfile builds; what its base image says is not known.
 *
 * @throws {BuildError} when the Dockerfile cannot be read, or builds nothing
 */
export async function readDockerfileService(
  settings: Pick<Settings, "dockerfile" | "build">,
): Promise<ServiceDescription> {
  const text = await readDockerfile(settings.dockerfile);
  const { args, target } = settings.build;
  const image = describeFinalImage(parseDockerfile(text), { buildArguments: args, target });
  if (image) return serviceOfDockerfile(image);
  throw new BuildError(`${settings.dockerfile} has no FROM, so there is no image.`, {
    hint: "`golem-image lint` says more.",
  });
}
