import { pipeline, Readable } from "node:stream";
import zlib, { createGunzip } from "node:zlib";
import { Decompress } from "fzstd";

export type LayerCompression = "none" | "gzip" | "zstd";

/** Bytes that `detectCompression` needs to see. */
export const MAGIC_LENGTH = 6;

/** Large outputs keep the trips to libuv's thread pool few. */
const OUTPUT_SIZE = 1024 * 1024;

/** fzstd calls itself for each frame in what it is given: little at once keeps its stack shallow. */
const FZSTD_INPUT_SIZE = 16 * 1024;

/** What the zstd tool accepts without being asked for more: --long=27. */
const MAX_ZSTD_WINDOW = 128 * 1024 * 1024;

const ZSTD_MAGIC = 0xfd2fb528;

const FOREIGN_MAGIC: readonly (readonly [name: string, magic: Buffer])[] = [
  ["xz", Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
  ["bzip2", Buffer.from("BZh")],
  ["lz4", Buffer.from([0x04, 0x22, 0x4d, 0x18])],
];

/** How a blob is compressed, by its first bytes; the name of the format if images cannot use it. */
export function detectCompression(head: Buffer): LayerCompression | { unsupported: string } {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head.length >= 4) {
    const magic = head.readUInt32LE(0);
    const skippable = magic >= 0x184d2a50 && magic <= 0x184d2a5f;
    if (magic === ZSTD_MAGIC || skippable) return "zstd";
  }
  for (const [unsupported, magic] of FOREIGN_MAGIC) {
    if (head.subarray(0, magic.length).equals(magic)) return { unsupported };
  }
  return "none";
}

/** @throws whatever the decompressor throws for data that is damaged or ends too early */
export function decompress(
  source: AsyncIterable<Buffer>,
  compression: LayerCompression,
): AsyncIterable<Buffer> {
  switch (compression) {
    case "none":
      return source;
    case "gzip":
      return through(source, createGunzip({ chunkSize: OUTPUT_SIZE }));
    case "zstd":
      return hasNativeZstd(zlib)
        ? through(source, zlib.createZstdDecompress({ chunkSize: OUTPUT_SIZE }))
        : decompressZstd(source);
  }
}

/** Zstandard came to node:zlib in 22.15 and 23.8; the types are those of Node 20. */
interface NativeZstd {
  createZstdDecompress(options: { chunkSize: number }): NodeJS.ReadWriteStream;
}

function hasNativeZstd(module: object): module is NativeZstd {
  return "createZstdDecompress" in module;
}

function through(
  source: AsyncIterable<Buffer>,
  transform: NodeJS.ReadWriteStream,
): AsyncIterable<Buffer> {
  // Whoever iterates over the transform gets the error that pipeline destroys it with.
  pipeline(Readable.from(source), transform, () => {});
  return transform as AsyncIterable<unknown> as AsyncIterable<Buffer>;
}

/** Zstandard for a Node without it. */
export async function* decompressZstd(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const output: Buffer[] = [];
  const decompressor = new Decompress((chunk) => {
    if (chunk.length > 0) output.push(asBuffer(chunk));
  });
  let first = true;
  for await (const chunk of source) {
    if (first) checkWindow(chunk);
    first = false;
    for (let start = 0; start < chunk.length; start += FZSTD_INPUT_SIZE) {
      decompressor.push(chunk.subarray(start, start + FZSTD_INPUT_SIZE));
      yield* output.splice(0);
    }
  }
  decompressor.push(new Uint8Array(0), true);
  yield* output;
}

/**
 * A frame's header may ask for a window of 2 GiB, which the decompressor would allocate at once.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc8878#section-3.1.1.1
 */
function checkWindow(head: Buffer): void {
  if (head.length < 18 || head.readUInt32LE(0) !== ZSTD_MAGIC) return;
  const flags = head.readUInt8(4);
  const isSingleSegment = (flags & 0x20) !== 0;
  const window = isSingleSegment ? frameContentSize(head, flags) : windowSize(head.readUInt8(5));
  if (window > MAX_ZSTD_WINDOW) {
    throw new RangeError(`its window of ${window} bytes is larger than ${MAX_ZSTD_WINDOW}`);
  }
}

function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** A frame of a single segment has no window: its content is one. */
function frameContentSize(head: Buffer, flags: number): number {
  const dictionaryIdLength = [0, 1, 2, 4][flags & 3] ?? 0;
  const start = 5 + dictionaryIdLength;
  switch (flags >> 6) {
    case 0:
      return head.readUInt8(start);
    case 1:
      return head.readUInt16LE(start) + 256;
    case 2:
      return head.readUInt32LE(start);
    default:
      return Number(head.readBigUInt64LE(start));
  }
}

function asBuffer(chunk: Uint8Array): Buffer {
  return Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
}
