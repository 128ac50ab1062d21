import { type ByteReader, StreamReader } from "./byte-reader.ts";

const MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a50;
const MAGIC_SIZE = 4;
const BLOCK_HEADER_SIZE = 3;
const CHECKSUM_SIZE = 4;

/** What the zstd tool accepts without being asked for more: --long=27. */
const MAX_WINDOW = 128 * 1024 * 1024;

/** What is handed on at once. */
const CHUNK_SIZE = 256 * 1024;

export function isZstdMagic(magic: number): boolean {
  return magic === MAGIC || isSkippable(magic);
}

/** Sixteen numbers in a row mark a skippable frame. */
function isSkippable(magic: number): boolean {
  return magic >= SKIPPABLE_MAGIC && magic < SKIPPABLE_MAGIC + 16;
}

/**
 * The frames of a Zstandard stream in chunks of which none reaches from one frame into the next, without
 * skippable frames.
 *
 * Decompressors need that: node:zlib's ends silently at the end of the first frame when more follows in
 * the same chunk (https://github.com/nodejs/node/issues/64741), and fzstd calls itself for each frame in a
 * chunk. It is also the place to refuse a frame that asks for gigabytes of memory.
 *
 * @see https://datatracker.ietf.org/doc/html/rfc8878#section-3.1.1
 * @throws {RangeError} when the stream is no sequence of whole frames, or needs too much memory
 */
export async function* zstdFrames(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const reader = new StreamReader(source);
  try {
    for (;;) {
      const head = await reader.read(MAGIC_SIZE);
      if (head.length === 0) return;
      if (head.length < MAGIC_SIZE) throw new RangeError("unexpected end of file");
      const magic = head.readUInt32LE(0);
      if (isSkippable(magic)) await skipFrame(reader);
      else if (magic === MAGIC) yield* frame(reader, head);
      else throw new RangeError("something else than a frame follows a frame");
    }
  } finally {
    await reader.close();
  }
}

async function skipFrame(reader: ByteReader): Promise<void> {
  const size = (await exactly(reader, 4)).readUInt32LE(0);
  if ((await reader.skip(size)) < size) throw new RangeError("unexpected end of file");
}

async function* frame(reader: ByteReader, magic: Buffer): AsyncGenerator<Buffer> {
  const header = await frameHeader(reader);
  let pieces = [magic, header];
  let gathered = magic.length + header.length;
  const hasChecksum = (header.readUInt8(0) & 0x04) !== 0;
  for (let isLast = false; !isLast; ) {
    const blockHeader = await exactly(reader, BLOCK_HEADER_SIZE);
    const bits = blockHeader.readUIntLE(0, BLOCK_HEADER_SIZE);
    isLast = (bits & 1) === 1;
    // A block of type 1 stores one byte, which is to be repeated.
    const size = ((bits >> 1) & 3) === 1 ? 1 : bits >> 3;
    const rest = await exactly(reader, size + (isLast && hasChecksum ? CHECKSUM_SIZE : 0));
    pieces.push(blockHeader, rest);
    gathered += blockHeader.length + rest.length;
    if (gathered < CHUNK_SIZE && !isLast) continue;
    yield Buffer.concat(pieces, gathered);
    pieces = [];
    gathered = 0;
  }
}

async function frameHeader(reader: ByteReader): Promise<Buffer> {
  const descriptor = await exactly(reader, 1);
  const flags = descriptor.readUInt8(0);
  const isSingleSegment = (flags & 0x20) !== 0;
  const windowSize = isSingleSegment ? 0 : 1;
  const dictionaryIdSize = [0, 1, 2, 4][flags & 3] ?? 0;
  const contentSizeSize = [isSingleSegment ? 1 : 0, 2, 4, 8][flags >> 6] ?? 0;
  const rest = await exactly(reader, windowSize + dictionaryIdSize + contentSizeSize);
  // A frame of a single segment has no window: its content is one.
  const window = isSingleSegment
    ? contentSize(rest.subarray(dictionaryIdSize))
    : windowBytes(rest.readUInt8(0));
  if (window > MAX_WINDOW) {
    throw new RangeError(`a window of ${window} bytes is larger than ${MAX_WINDOW}`);
  }
  return Buffer.concat([descriptor, rest]);
}

function windowBytes(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

function contentSize(field: Buffer): number {
  if (field.length === 8) return Number(field.readBigUInt64LE(0));
  return field.readUIntLE(0, field.length) + (field.length === 2 ? 256 : 0);
}

async function exactly(reader: ByteReader, size: number): Promise<Buffer> {
  const bytes = await reader.read(size);
  if (bytes.length < size) throw new RangeError("unexpected end of file");
  return bytes;
}
