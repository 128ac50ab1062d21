import type * as v from "valibot";
import { ImageSourceError } from "../errors.ts";
import type { BlobStore, StoredBlob } from "./blob-store.ts";
import { type Digest, formatDigest, parseDigest, shortDigest } from "./digest.ts";
import {
  type Descriptor,
  type ImageConfig,
  ImageConfigSchema,
  IndexSchema,
  isConfigType,
  isIndexType,
  isManifestType,
  ManifestSchema,
  type Platform,
} from "./image-documents.ts";
import { readJsonDocument } from "./json-document.ts";

export type Manifest = v.InferOutput<typeof ManifestSchema>;

/** The image of an OCI layout that is for linux/amd64. */
export interface FoundManifest {
  readonly manifest: Manifest;
  readonly config: ImageConfig;
  readonly configDigest: Digest;
}

/**
 * Finds the one linux/amd64 image of an OCI layout: in its index.json, or one index below it, which is
 * what buildx writes. Attestations are passed over.
 *
 * @throws {ImageSourceError} when there is none, or more than one
 */
export async function findManifest(store: BlobStore): Promise<FoundManifest> {
  const index = await readIndex(store, await namedBlob(store, "index.json"), "index.json");
  const descriptors = await expandIndexes(store, index.manifests);
  const images = uniqueByDigest(descriptors.filter((descriptor) => !isAttestation(descriptor)));
  const candidates: { image: FoundManifest; descriptor: Descriptor }[] = [];
  const seen = new Set<string>();
  for (const descriptor of images) {
    if (descriptor.platform && !isSupported(descriptor.platform)) {
      seen.add(platformName(descriptor.platform));
      continue;
    }
    const image = await readManifest(store, descriptor);
    if (isSupported(image.config)) candidates.push({ image, descriptor });
    else seen.add(platformName(image.config));
  }
  const [first] = preferPlainVariant(candidates);
  if (first === undefined) {
    const choices = [...seen].sort().join(", ") || "no image at all";
    throw new ImageSourceError(`${store.path} has no image for linux/amd64. It has ${choices}.`, {
      hint: "Golem's providers run linux/amd64. Build the image with --platform linux/amd64.",
    });
  }
  if (preferPlainVariant(candidates).length > 1) {
    const choices = candidates.map(({ descriptor }) => imageName(descriptor)).join(", ");
    throw new ImageSourceError(`${store.path} has several images for linux/amd64: ${choices}.`, {
      hint: "Save or push only the one that is to be converted.",
    });
  }
  return first.image;
}

async function expandIndexes(
  store: BlobStore,
  descriptors: readonly Descriptor[],
): Promise<Descriptor[]> {
  const expanded: Descriptor[] = [];
  for (const descriptor of descriptors) {
    if (!isIndexType(descriptor.mediaType)) {
      expanded.push(descriptor);
      continue;
    }
    const digest = parseDigest(descriptor.digest, "an index");
    const name = `The index ${shortDigest(digest)}`;
    const blob = await describedBlob(store, descriptor, digest, name);
    const { manifests } = await readIndex(store, blob, name, digest);
    if (manifests.some(({ mediaType }) => isIndexType(mediaType))) {
      throw new ImageSourceError(
        `${store.path} nests an index in an index in an index. One level is the most that is read.`,
      );
    }
    for (const manifest of manifests) expanded.push(manifest);
  }
  return expanded;
}

async function readIndex(store: BlobStore, blob: StoredBlob, name: string, digest?: Digest) {
  const index = await readJsonDocument(blob, `${name} of ${store.path}`, IndexSchema, digest);
  if (index.mediaType !== undefined && !isIndexType(index.mediaType)) {
    throw new ImageSourceError(
      `${name} of ${store.path} says that it is ${JSON.stringify(index.mediaType)}, not an index.`,
    );
  }
  return index;
}

async function readManifest(store: BlobStore, descriptor: Descriptor): Promise<FoundManifest> {
  const digest = parseDigest(descriptor.digest, "a manifest");
  const name = `The manifest ${shortDigest(digest)}`;
  if (!isManifestType(descriptor.mediaType)) {
    throw new ImageSourceError(
      `${name} has the type ${JSON.stringify(descriptor.mediaType)}, which is not that of an image.`,
    );
  }
  const blob = await describedBlob(store, descriptor, digest, name);
  const manifest = await readJsonDocument(blob, name, ManifestSchema, digest);
  if (!isManifestType(manifest.mediaType) || !isConfigType(manifest.config.mediaType)) {
    throw new ImageSourceError(
      `${name} is not that of a container image: its configuration has the type ${JSON.stringify(manifest.config.mediaType)}.`,
    );
  }
  const configDigest = parseDigest(manifest.config.digest, "the configuration");
  const configName = `The configuration ${shortDigest(configDigest)}`;
  const configBlob = await describedBlob(store, manifest.config, configDigest, configName);
  const config = await readJsonDocument(configBlob, configName, ImageConfigSchema, configDigest);
  return { manifest, config, configDigest };
}

/**
 * The blob that a descriptor describes, if it has the right size.
 *
 * @throws {ImageSourceError}
 */
export async function describedBlob(
  store: BlobStore,
  descriptor: Pick<Descriptor, "size">,
  digest: Digest,
  name: string,
): Promise<StoredBlob> {
  const blob = await namedBlob(store, `blobs/${digest.algorithm}/${digest.hex}`, name);
  if (blob.size !== descriptor.size) {
    throw new ImageSourceError(
      `${name} has ${blob.size} bytes; its descriptor says ${descriptor.size}.`,
      { hint: "The archive is damaged or incomplete. Build or save the image again." },
    );
  }
  return blob;
}

/** @throws {ImageSourceError} when the archive does not have that file */
export async function namedBlob(
  store: BlobStore,
  fileName: string,
  name = fileName,
): Promise<StoredBlob> {
  const blob = await store.find(fileName);
  if (blob) return blob;
  throw new ImageSourceError(
    name === fileName
      ? `${store.path} has no file ${JSON.stringify(fileName)}.`
      : `${name} is not in ${store.path}.`,
    { hint: "The archive is incomplete. Build or save the image again." },
  );
}

function uniqueByDigest(descriptors: readonly Descriptor[]): Descriptor[] {
  return [...new Map(descriptors.map((descriptor) => [descriptor.digest, descriptor])).values()];
}

/** What buildx attaches to an image: provenance and SBOM. */
function isAttestation({ platform, annotations }: Descriptor): boolean {
  return (
    annotations?.["vnd.docker.reference.type"] !== undefined ||
    (platform?.os === "unknown" && platform.architecture === "unknown")
  );
}

type PartialPlatform = { [key in keyof Platform]?: Platform[key] };

/** A configuration without a platform is one that an engine would run here. */
function isSupported({ os = "linux", architecture = "amd64" }: PartialPlatform): boolean {
  return os === "linux" && architecture === "amd64";
}

function platformName({ os, architecture, variant }: PartialPlatform): string {
  const name = [os, architecture, variant].filter((part) => part !== undefined).join("/");
  return JSON.stringify(name).slice(1, -1);
}

/** linux/amd64/v3 and the like need newer processors than a provider may have. */
function preferPlainVariant<T extends { descriptor: Descriptor }>(candidates: readonly T[]): T[] {
  const plain = candidates.filter(({ descriptor }) => {
    const variant = descriptor.platform?.variant ?? "";
    return variant === "" || variant === "v1";
  });
  return plain.length > 0 ? plain : [...candidates];
}

function imageName({ annotations, digest }: Descriptor): string {
  const name = annotations?.["org.opencontainers.image.ref.name"];
  return JSON.stringify(name ?? formatDigest(parseDigest(digest, "an image"))).slice(1, -1);
}
