import { ImageSourceError } from "../errors.ts";
import type { BlobStore } from "./blob-store.ts";
import { type Digest, parseDigest } from "./digest.ts";
import { namedBlob } from "./find-manifest.ts";
import { ImageConfigSchema, SavedImagesSchema } from "./image-documents.ts";
import { readJsonDocument } from "./json-document.ts";
import type { Layer } from "./layer.ts";
import { parseDiffIds, type StoredImage } from "./oci-image.ts";

/**
 * Finds the image of a `docker save` archive. Its layers have no digests of their own; they are held to
 * the configuration's diff_ids.
 *
 * @see https://github.com/moby/docker-image-spec
 * @throws {ImageSourceError}
 */
export async function readDockerArchive(store: BlobStore): Promise<StoredImage> {
  const document = await namedBlob(store, "manifest.json");
  const images = await readJsonDocument(
    document,
    `manifest.json of ${store.path}`,
    SavedImagesSchema,
  );
  const [image, ...others] = images;
  if (image === undefined) throw new ImageSourceError(`${store.path} contains no image.`);
  if (others.some(({ Config }) => Config !== image.Config)) {
    const choices = images.map(({ RepoTags, Config }) => RepoTags?.[0] ?? Config);
    throw new ImageSourceError(
      `${store.path} has several images: ${choices.map((name) => JSON.stringify(name)).join(", ")}.`,
      { hint: "Save only the one that is to be converted." },
    );
  }
  const configDigest = digestInName(image.Config);
  const config = await readJsonDocument(
    await namedBlob(store, image.Config),
    "The image's configuration",
    ImageConfigSchema,
    configDigest,
  );
  const { os = "linux", architecture = "amd64" } = config;
  if (os !== "linux" || architecture !== "amd64") {
    throw new ImageSourceError(
      `${store.path} has no image for linux/amd64. It has ${JSON.stringify(`${os}/${architecture}`)}.`,
      { hint: "Golem's providers run linux/amd64. Build the image with --platform linux/amd64." },
    );
  }
  const names = image.Layers ?? [];
  const diffIds = parseDiffIds(config, names.length);
  const layers: Layer[] = [];
  for (const [index, name] of names.entries()) {
    const blob = await namedBlob(store, name);
    const diffId = diffIds[index] as Digest;
    layers.push({ number: index + 1, blob, digest: digestOfBlob(name), diffId });
  }
  return { config, configDigest, layers };
}

/** Old archives name the configuration "HEX.json", newer ones "blobs/sha256/HEX". */
function digestInName(name: string): Digest | undefined {
  const hex = /^([a-f0-9]{64})\.json$/.exec(name)?.[1];
  return hex === undefined ? digestOfBlob(name) : parseDigest(`sha256:${hex}`, "the configuration");
}

function digestOfBlob(name: string): Digest | undefined {
  const hex = /^blobs\/sha256\/([a-f0-9]{64})$/.exec(name)?.[1];
  return hex === undefined ? undefined : parseDigest(`sha256:${hex}`, name);
}
