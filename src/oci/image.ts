import { ImageSourceError } from "../errors.ts";
import { formatDigest } from "./digest.ts";
import { readDockerArchive } from "./docker-archive.ts";
import { type ByteString, displayName, type Entry, type EntryMetadata } from "./entry.ts";
import { readFileHeads } from "./file-heads.ts";
import type { RunConfig } from "./image-config.ts";
import { streamEntries } from "./image-entries.ts";
import { DEFAULT_LIMITS, type ImageLimits, ImageQuota } from "./image-limits.ts";
import { type ImageFormat, openImageSource } from "./image-source.ts";
import { ImageTree } from "./image-tree.ts";
import {
  describeLayerError,
  type Layer,
  layerName,
  readLayer,
  verifyLayer,
  verifyStored,
} from "./layer.ts";
import { LayerSpool } from "./layer-spool.ts";
import { readOciImage, type StoredImage } from "./oci-image.ts";
import type { TarEntry } from "./tar-entry.ts";

export interface ImageOptions {
  limits?: Partial<ImageLimits>;
  signal?: AbortSignal;
  /** Called with a full sentence for each thing that the image has and a .gvmi cannot hold. */
  onWarning?: (message: string) => void;
  /** Called before each layer is read. */
  onLayer?: (number: number, count: number) => void;
}

/** An image in an open archive. */
export class Image {
  readonly format: ImageFormat;
  /** What the image says of how to run it. */
  readonly config: RunConfig;
  /** What the archive calls the configuration's digest; undefined for old `docker save` archives. */
  readonly configDigest: string | undefined;
  /** Digests of the layers uncompressed, as the configuration has them: verified by `readTree`. */
  readonly diffIds: readonly string[];
  /** What the image was built for; the configurations of old images do not say it. */
  readonly platform: { readonly os: string; readonly architecture: string } | undefined;
  /** Bytes of each layer as it is stored, the lowest layer first. */
  readonly layerSizes: readonly number[];
  private readonly layers: readonly Layer[];
  private readonly options: ImageOptions;
  private readonly spool: LayerSpool;
  /** Of the layers' files when `readTree` verified them. */
  private readonly versions = new Map<Layer, string>();
  private verification: Promise<void> = Promise.resolve();
  /** Aborted when the image is closed, or known to be damaged. */
  private readonly ended = new AbortController();
  private readonly signal: AbortSignal;

  constructor(format: ImageFormat, image: StoredImage, spool: LayerSpool, options: ImageOptions) {
    this.format = format;
    this.config = (image.config.config ?? {}) as RunConfig;
    this.configDigest = image.configDigest && formatDigest(image.configDigest);
    this.diffIds = image.layers.map(({ diffId }) => formatDigest(diffId));
    const { os, architecture } = image.config;
    this.platform =
      os === undefined || architecture === undefined ? undefined : { os, architecture };
    this.layerSizes = image.layers.map(({ blob }) => blob.size);
    this.layers = image.layers;
    this.spool = spool;
    this.options = options;
    const { signal } = options;
    this.signal = signal ? AbortSignal.any([signal, this.ended.signal]) : this.ended.signal;
  }

  /**
   * Reads every layer once, verifies its digests, and applies it.
   *
   * @throws {ImageSourceError} for what is damaged, hostile or too large
   * @throws the abort reason
   */
  async readTree(): Promise<ImageTree> {
    const tree = await this.openTree();
    await this.verification;
    return tree;
  }

  /**
   * Like `readTree`, while digests of the stored layers may still be computed. Nothing that is made of the
   * tree may be kept before the end of `entries`, which waits for them.
   */
  async openTree(): Promise<ImageTree> {
    const quota = new ImageQuota({ ...DEFAULT_LIMITS, ...this.options.limits });
    const { signal } = this;
    const tree = new ImageTree(quota);
    for (const layer of this.layers) {
      this.options.onLayer?.(layer.number, this.layers.length);
      this.versions.set(layer, await layer.blob.version());
      const changes = tree.startLayer();
      const dropped = new DroppedAttributes();
      const onEntry = (entry: TarEntry) => {
        dropped.add(entry);
        changes.gather(entry);
      };
      const spool = await this.spool.startLayer(layer);
      const verification = this.verifyLater(layer);
      await readLayer(layer, { quota, onEntry, verification, spool, signal });
      await spool?.finish();
      dropped.warn(layer, this.options.onWarning);
      try {
        changes.apply();
      } catch (error) {
        await verification;
        throw describeLayerError(layer, error);
      }
    }
    return tree;
  }

  /** One layer after the other: an image may have many, and each takes a thread. */
  private verifyLater(layer: Layer): Promise<void> {
    const { signal } = this;
    const verification = this.verification.then(() => verifyStored(layer, signal));
    // Whoever needs the layer to be sound meets the failure; a conversion ends at once.
    verification.catch((error) => this.ended.abort(error));
    this.verification = verification;
    return verification;
  }

  /**
   * Verifies every layer without applying it: for one whose result is known already.
   *
   * @throws {ImageSourceError} for what is damaged
   * @throws the abort reason
   */
  async verify(): Promise<void> {
    for (const layer of this.layers) await verifyLayer(layer, this.signal);
  }

  /** Ends what still reads the archive. */
  async close(): Promise<void> {
    this.ended.abort(new Error("The image was closed."));
    await this.verification.catch(() => {});
  }

  /** The first bytes of some files, as `readFileHeads` describes. Throws what that throws. */
  readHeads(
    tree: ImageTree,
    wanted: (file: EntryMetadata) => number,
  ): Promise<Map<ByteString, Buffer>> {
    const { signal } = this;
    const openLayer = (layer: Layer) => this.spool.open(layer, signal);
    return readFileHeads(tree, this.layers, openLayer, { wanted, signal });
  }

  /**
   * The tree's paths with contents, in the order that `streamEntries` describes.
   *
   * @throws {ImageSourceError} also at the end, when a digest is wrong or the archive was changed meanwhile
   */
  async *entries(tree: ImageTree): AsyncGenerator<Entry> {
    const { signal } = this;
    yield* streamEntries(tree, this.layers, (layer) => this.spool.open(layer, signal), signal);
    await this.verification;
    for (const [layer, version] of this.versions) {
      if ((await layer.blob.version()) === version) continue;
      throw new ImageSourceError(`${layerName(layer)}: the archive changed while it was read.`, {
        hint: "Wait until the archive is complete, and try again.",
      });
    }
  }
}

/** Counts the entries of a layer that have extended attributes which squashfs cannot hold. */
class DroppedAttributes {
  private first: TarEntry | undefined;
  private count = 0;

  add(entry: TarEntry): void {
    if (entry.droppedAttributes.length === 0) return;
    this.first ??= entry;
    this.count++;
  }

  warn({ number }: Layer, onWarning: ((message: string) => void) | undefined): void {
    if (this.first === undefined) return;
    const names = this.first.droppedAttributes.map(displayName).join(", ");
    onWarning?.(
      `Layer ${number}: ${this.count} entries have extended attributes that squashfs cannot hold, such as ${names} of "${displayName(this.first.name)}". They are left out.`,
    );
  }
}

/**
 * Opens the image in an OCI layout, an OCI archive or a `docker save` archive, and closes it after `body`.
 *
 * @param path a directory or a tar file; what it is is found by its content
 * @throws {ImageSourceError} when it is none of these, or has not exactly one image for linux/amd64
 */
export async function withImage<T>(
  path: string,
  options: ImageOptions,
  body: (image: Image) => Promise<T>,
): Promise<T> {
  const { store, format } = await openImageSource(path, options.signal);
  const spool = new LayerSpool();
  try {
    const stored =
      format === "docker-archive" ? await readDockerArchive(store) : await readOciImage(store);
    const image = new Image(format, stored, spool, options);
    try {
      return await body(image);
    } finally {
      await image.close();
    }
  } catch (error) {
    throw asSourceError(path, error);
  } finally {
    await spool.close();
    await store.close();
  }
}

/** A failing disk or a file that vanishes is the archive's fault too. */
function asSourceError(path: string, error: unknown): unknown {
  const failure = error as NodeJS.ErrnoException;
  const isOurs =
    (failure.syscall === "read" && failure.path === undefined) ||
    (failure.syscall === "open" && failure.path?.startsWith(path));
  if (!isOurs) return error;
  return new ImageSourceError(`Cannot read ${path}: ${failure.message}.`, { cause: error });
}
