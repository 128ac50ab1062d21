import { crc32 } from "node:zlib";
import { GvmiFormatError } from "../errors.ts";

/** A .gvmi ends with: CRC-32 of the JSON (4 bytes, little endian), the JSON, its length (8 digits). */
const CRC_SIZE = 4;
const LENGTH_SIZE = 8;

/** Bytes that the shortest file has: an empty JSON between its CRC and its length. */
export const SMALLEST_TRAILER = CRC_SIZE + LENGTH_SIZE;

/** Real metadata has a few KiB. */
const MAX_JSON_BYTES = 16 * 1024 * 1024;

/** @param json the metadata as UTF-8 JSON @throws {GvmiFormatError} when it is too long to be described */
export function encodeTrailer(json: string): Buffer {
  const bytes = Buffer.from(json, "utf8");
  if (bytes.length > MAX_JSON_BYTES) {
    throw new GvmiFormatError(
      `The image's metadata has ${bytes.length} bytes; at most ${MAX_JSON_BYTES} are sensible.`,
    );
  }
  const crc = Buffer.alloc(CRC_SIZE);
  crc.writeUInt32LE(crc32(bytes));
  const length = Buffer.from(String(bytes.length).padStart(LENGTH_SIZE, "0"), "latin1");
  return Buffer.concat([crc, bytes, length]);
}

/**
 * How long the whole trailer is.
 *
 * @param ending the file's last 8 bytes
 * @param fileSize bytes of the file
 * @throws {GvmiFormatError} when they are not a length, or one that the file cannot have
 */
export function trailerSize(ending: Buffer, fileSize: number): number {
  const text = ending.toString("latin1");
  if (!/^[0-9]{8}$/.test(text)) {
    throw new GvmiFormatError(
      `It does not end with the length of its metadata: expected 8 digits, found ${JSON.stringify(text)}.`,
    );
  }
  const size = Number(text) + SMALLEST_TRAILER;
  if (size > fileSize) {
    throw new GvmiFormatError(
      `It says that its metadata has ${Number(text)} bytes, but the whole file has ${fileSize}.`,
    );
  }
  if (size > MAX_JSON_BYTES + SMALLEST_TRAILER) {
    throw new GvmiFormatError(
      `Its metadata has ${Number(text)} bytes; at most ${MAX_JSON_BYTES} are read.`,
    );
  }
  return size;
}

/**
 * The metadata in a trailer.
 *
 * @param trailer as many bytes from the file's end as `trailerSize` says
 * @throws {GvmiFormatError} when the CRC differs or the JSON does not parse
 */
export function decodeTrailer(trailer: Buffer): unknown {
  const json = trailer.subarray(CRC_SIZE, trailer.length - LENGTH_SIZE);
  const expected = trailer.readUInt32LE(0);
  const found = crc32(json);
  if (expected !== found) {
    throw new GvmiFormatError(
      `The CRC of its metadata is wrong: expected ${hex(expected)}, found ${hex(found)}.`,
    );
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(json));
  } catch (error) {
    throw new GvmiFormatError(`Its metadata is not JSON: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

const hex = (value: number): string => value.toString(16).padStart(8, "0");
