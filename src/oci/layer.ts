import { ImageSourceError } from "../errors.ts";
import type { StoredBlob } from "./blob-store.ts";
import { type ByteReader, StreamReader } from "./byte-reader.ts";
import {
  decompress,
  detectCompression,
  type LayerCompression,
  MAGIC_LENGTH,
} from "./decompress.ts";
import { checkDigest, type Digest, DigestCheck, formatDigest, shortDigest } from "./digest.ts";
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
  /** What `verifyStored` gave: where something is wrong, it explains more than where reading failed. */
  readonly verification: Promise<void>;
  /** Keeps the layer uncompressed, so that it need not be decompressed again; for compressed layers only. */
  readonly spool?: SpoolWriter | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Takes the bytes of a layer in their order. */
export interface SpoolWriter {
  write(chunk: Buffer): Promise<void>;
}

/**
 * Reads the headers of a layer's entries, and verifies the digest of what it uncompresses. The digests of
 * the bytes as they are stored are the work of `verifyStored`.
 *
 * @throws {ImageSourceError} when the layer is damaged, or a quota is used up
 * @throws the abort reason
 */
export async function readLayer(layer: Layer, reading: LayerReading): Promise<void> {
  const { quota, onEntry, verification, signal } = reading;
  const compression = await layerCompression(layer);
  quota.startLayer();
  const diffCheck = compression === "none" ? undefined : new DigestCheck(layer.diffId);
  const reader = diffCheck
    ? new StreamReader(uncompressed(layer, compression, diffCheck, reading))
    : layer.blob.reader();
  if (!diffCheck) quota.addBytes(layer.blob.size);
  try {
    for await (const entry of readTar(reader, quota.limits.headerBytes)) {
      signal?.throwIfAborted();
      quota.addEntry(entry);
      naming(entry.name, () => onEntry(entry));
    }
    await reader.skip(Number.MAX_SAFE_INTEGER);
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ImageSourceError) throw error;
    await verification;
    throw describeLayerError(layer, error, compression);
  } finally {
    await reader.close();
  }
  if (!diffCheck?.isWrong()) return;
  await verification;
  diffCheck.finish(`${layerName(layer)}, uncompressed,`);
}

async function* uncompressed(
  layer: Layer,
  compression: LayerCompression,
  diffCheck: DigestCheck,
  { quota, spool, signal }: LayerReading,
): AsyncGenerator<Buffer> {
  const stored = tap(layer.blob.reader(), () => signal?.throwIfAborted());
  for await (const chunk of decompress(stored, compression)) {
    quota.addBytes(chunk.length);
    const spooled = spool?.write(chunk);
    diffCheck.update(chunk);
    await spooled;
    yield chunk;
  }
}

/**
 * Verifies a layer's digests as far as its stored bytes have them: without decompressing it.
 *
 * @throws {ImageSourceError} when one is wrong
 * @throws the abort reason
 */
export async function verifyStored(layer: Layer, signal?: AbortSignal): Promise<void> {
  const { digest, diffId, blob } = layer;
  const isPlain = (await layerCompression(layer)) === "none";
  const expected = [...(digest ? [digest] : []), ...(isPlain ? [diffId] : [])];
  const algorithms = [...new Set(expected.map(({ algorithm }) => algorithm))];
  if (algorithms.length === 0) return;
  const found = await blob.digests(algorithms, signal);
  if (digest) checkDigest(digest, found[digest.algorithm], layerName(layer));
  if (isPlain && formatDigest(diffId) !== (digest && formatDigest(digest))) {
    const what = digest ? `${layerName(layer)}, uncompressed,` : layerName(layer);
    checkDigest(diffId, found[diffId.algorithm], what);
  }
}

/**
 * Finds out whether a layer is what its image says, without looking at its entries: by the digest of the
 * stored blob, or uncompressed where the archive has none.
 *
 * @throws {ImageSourceError} when the digest is wrong, or the layer cannot be decompressed
 * @throws the abort reason
 */
export async function verifyLayer(layer: Layer, signal?: AbortSignal): Promise<void> {
  if (layer.digest || (await layerCompression(layer)) === "none") {
    return await verifyStored(layer, signal);
  }
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

async function* tap(reader: ByteReader, observe: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  for await (const chunk of reader.rest()) {
    observe(chunk);
    yield chunk;
  }
}
