import { ImageSourceError } from "../errors.ts";
import type { BlobStore } from "./blob-store.ts";
import { type Digest, parseDigest, shortDigest } from "./digest.ts";
import { describedBlob, findManifest, namedBlob } from "./find-manifest.ts";
import { type ImageConfig, isLayerType, LayoutSchema } from "./image-documents.ts";
import { readJsonDocument } from "./json-document.ts";
import type { Layer } from "./layer.ts";

/** An image in its archive, before any layer is read. */
export interface StoredImage {
  readonly config: ImageConfig;
  readonly configDigest: Digest | undefined;
  /** From the lowest to the topmost. */
  readonly layers: readonly Layer[];
}

/** Finds the linux/amd64 image of an OCI layout. @throws {ImageSourceError} */
export async function readOciImage(store: BlobStore): Promise<StoredImage> {
  const layout = await namedBlob(store, "oci-layout");
  await readJsonDocument(layout, `oci-layout of ${store.path}`, LayoutSchema);
  const { manifest, config, configDigest } = await findManifest(store);
  const diffIds = parseDiffIds(config, manifest.layers.length);
  const layers: Layer[] = [];
  for (const [index, descriptor] of manifest.layers.entries()) {
    const digest = parseDigest(descriptor.digest, `layer ${index + 1}`);
    const name = `Layer ${index + 1} (${shortDigest(digest)})`;
    if (descriptor.urls && descriptor.urls.length > 0) {
      throw new ImageSourceError(
        `${name} is a foreign layer, to be fetched from a URL. Only what the archive contains is read.`,
        { hint: "Save the image with all of its layers." },
      );
    }
    if (!isLayerType(descriptor.mediaType)) {
      throw new ImageSourceError(
        `${name} has the type ${JSON.stringify(descriptor.mediaType)}, which is not that of a file system layer.`,
      );
    }
    const blob = await describedBlob(store, descriptor, digest, name);
    layers.push({ number: index + 1, blob, digest, diffId: diffIds[index] as Digest });
  }
  return { config, configDigest, layers };
}

/** @throws {ImageSourceError} when the configuration speaks of other layers than there are */
export function parseDiffIds(config: ImageConfig, layers: number): Digest[] {
  const ids = config.rootfs.diff_ids ?? [];
  if (ids.length !== layers) {
    throw new ImageSourceError(
      `The image's configuration has ${ids.length} diff_ids, its manifest ${layers} layers.`,
    );
  }
  return ids.map((id, index) => parseDigest(id, `layer ${index + 1} uncompressed`));
}
