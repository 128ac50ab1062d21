import { pipeline, Readable } from "node:stream";
import zlib, { createGunzip } from "node:zlib";
import { Decompress } from "fzstd";
import { isZstdMagic, zstdFrames } from "./zstd-frames.ts";

export type LayerCompression = "none" | "gzip" | "zstd";

/** Bytes that `detectCompression` needs to see. */
export const MAGIC_LENGTH = 6;

/** Large outputs keep the trips to libuv's thread pool few. */
const OUTPUT_SIZE = 1024 * 1024;

const FOREIGN_MAGIC: readonly (readonly [name: string, magic: Buffer])[] = [
  ["xz", Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00])],
  ["bzip2", Buffer.from("BZh")],
  ["lz4", Buffer.from([0x04, 0x22, 0x4d, 0x18])],
];

/** How a blob is compressed, by its first bytes; the name of the format if images cannot use it. */
export function detectCompression(head: Buffer): LayerCompression | { unsupported: string } {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  if (head.length >= 4 && isZstdMagic(head.readUInt32LE(0))) return "zstd";
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
        ? through(zstdFrames(source), zlib.createZstdDecompress({ chunkSize: OUTPUT_SIZE }))
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
    if (chunk.length > 0) {
      output.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    }
  });
  for await (const chunk of zstdFrames(source)) {
    decompressor.push(chunk);
    yield* output.splice(0);
  }
  decompressor.push(new Uint8Array(0), true);
  yield* output;
}
