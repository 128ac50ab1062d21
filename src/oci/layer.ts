import { ImageSourceError } from "../errors.ts";
import type { StoredBlob } from "./blob-store.ts";
import { type ByteReader, StreamReader } from "./byte-reader.ts";
import {
  decompress,
  detectCompression,
  type LayerCompression,
  MAGIC_LENGTH,
} from "./decompress.ts";
import { type Digest, DigestCheck, shortDigest } from "./digest.ts";
import { displayName } from "./entry.ts";
import type { ImageQuota } from "./image-limits.ts";
import { MalformedTarError, naming } from "./malformed-tar-error.ts";
import type { TarEntry } from "./tar-entry.ts";
import { readTar } from "./tar-reader.ts";

/** One layer of an image as its archive has it. */
export interface Layer {
  /** Its place among the layers, from 1. */
  readonly number: number;
  readonly blob: StoredBlob;
  /** Of the blob as it is stored; a `docker save` archive has none. */
  readonly digest: Digest | undefined;
  /** Of the blob uncompressed. */
  readonly diffId: Digest;
}

/** A layer's name in messages. */
export function layerName(layer: Layer): string {
  return `Layer ${layer.number} (${shortDigest(layer.digest ?? layer.diffId)})`;
}

/** Who reads a layer, and what is done with it on the way. */
export interface LayerReading {
  readonly quota: ImageQuota;
  /** Called with each entry in the layer's order. */
  readonly onEntry: (entry: TarEntry) => void;
  /** Keeps the layer uncompressed, so that it need not be decompressed again; for compressed layers only. */
  readonly spool?: SpoolWriter | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Takes the bytes of a layer in their order. */
export interface SpoolWriter {
  write(chunk: Buffer): Promise<void>;
}

/**
 * Reads a layer once from its start to its end: the headers of its entries, and both digests.
 *
 * @throws {ImageSourceError} when a digest is wrong, the layer is damaged, or a quota is used up
 * @throws the abort reason
 */
export async function readLayer(
  layer: Layer,
  { quota, onEntry, spool, signal }: LayerReading,
): Promise<void> {
  const compression = await layerCompression(layer);
  quota.startLayer();
  const diffCheck = new DigestCheck(layer.diffId);
  // What is stored as it is needs to be hashed once only.
  const isSame = compression === "none" && layer.digest?.hex === layer.diffId.hex;
  const blobCheck = layer.digest && !isSame ? new DigestCheck(layer.digest) : undefined;
  let hashedBytes = 0;
  let ended = false;
  const stored = tap(layer.blob.reader(), (chunk) => {
    signal?.throwIfAborted();
    // A decompressor that is done may still have a read under way.
    if (ended || compression === "none") return;
    blobCheck?.update(chunk);
    hashedBytes += chunk.length;
  });
  const plain = each(decompress(stored, compression), async (chunk) => {
    quota.addBytes(chunk.length);
    const spooled = compression === "none" ? undefined : spool?.write(chunk);
    diffCheck.update(chunk);
    if (compression === "none") blobCheck?.update(chunk);
    await spooled;
  });
  const reader = new StreamReader(plain);
  try {
    for await (const entry of readTar(reader, quota.limits.headerBytes)) {
      quota.addEntry(entry);
      naming(entry.name, () => onEntry(entry));
    }
    await reader.skip(Number.MAX_SAFE_INTEGER);
    ended = true;
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ImageSourceError) throw error;
    await verifyBlob(layer, signal);
    throw describeLayerError(layer, error, compression);
  } finally {
    await reader.close();
  }
  // A decompressor stops at the end of its data, perhaps with padding left.
  if (compression !== "none" && blobCheck) await hashRest(layer.blob, hashedBytes, blobCheck);
  blobCheck?.finish(layerName(layer));
  diffCheck.finish(isSame ? layerName(layer) : `${layerName(layer)}, uncompressed,`);
}

/**
 * Finds out whether a layer is what its image says, without looking at its entries: by the digest of the
 * stored blob, or uncompressed where the archive has none.
 *
 * @throws {ImageSourceError} when the digest is wrong, or the layer cannot be decompressed
 * @throws the abort reason
 */
export async function verifyLayer(layer: Layer, signal?: AbortSignal): Promise<void> {
  if (layer.digest) return await verifyBlob(layer, signal);
  const check = new DigestCheck(layer.diffId);
  try {
    const reader = await openLayer(layer, signal);
    for await (const chunk of reader.rest()) {
      signal?.throwIfAborted();
      check.update(chunk);
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw error instanceof ImageSourceError ? error : describeLayerError(layer, error);
  }
  check.finish(`${layerName(layer)}, uncompressed,`);
}

/** The bytes of a layer uncompressed, which `readLayer` has verified before. */
export async function openLayer(layer: Layer, signal?: AbortSignal): Promise<ByteReader> {
  const compression = await layerCompression(layer);
  const stored = layer.blob.reader();
  if (compression === "none") return stored;
  const source = tap(stored, () => signal?.throwIfAborted());
  return new StreamReader(decompress(source, compression));
}

/** @returns an ImageSourceError that names the layer, and the entry if it is known */
export function describeLayerError(
  layer: Layer,
  error: unknown,
  compression?: LayerCompression,
): ImageSourceError {
  if (error instanceof MalformedTarError) {
    const entry = error.entry === undefined ? "" : `, entry "${displayName(error.entry)}"`;
    return new ImageSourceError(`${layerName(layer)}${entry}: ${error.message}.`, { cause: error });
  }
  const reason = error instanceof Error ? error.message : String(error);
  const what =
    compression === undefined || compression === "none"
      ? "cannot be read"
      : `cannot be decompressed as ${compression}`;
  return new ImageSourceError(`${layerName(layer)} ${what}: ${reason}.`, { cause: error });
}

/** Finds out how a layer is compressed. What its media type says is not needed: its digests settle what its bytes must be. */
async function layerCompression(layer: Layer): Promise<LayerCompression> {
  const compression = detectCompression(await layer.blob.reader().read(MAGIC_LENGTH));
  if (typeof compression === "string") return compression;
  throw new ImageSourceError(
    `${layerName(layer)} is compressed with ${compression.unsupported}. Layers of images are gzip, zstd or plain tar.`,
  );
}

/** Finds out whether a layer that cannot be read is damaged, which explains more than where it fails. */
async function verifyBlob(layer: Layer, signal?: AbortSignal): Promise<void> {
  if (!layer.digest) return;
  const check = new DigestCheck(layer.digest);
  for await (const chunk of layer.blob.reader().rest()) {
    signal?.throwIfAborted();
    check.update(chunk);
  }
  check.finish(layerName(layer));
}

async function hashRest(blob: StoredBlob, from: number, check: DigestCheck): Promise<void> {
  for await (const chunk of blob.reader(from).rest()) check.update(chunk);
}

async function* tap(reader: ByteReader, observe: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of reader.rest()) {
    observe(chunk);
    yield chunk;
  }
}

async function* each(
  source: AsyncIterable<Buffer>,
  observe: (chunk: Buffer) => Promise<void>,
): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    await observe(chunk);
    yield chunk;
  }
}
