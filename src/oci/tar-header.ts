import type { ByteString } from "./entry.ts";
import { MalformedTarError } from "./malformed-tar-error.ts";
import { parseHeaderNumber } from "./tar-number.ts";

/** Tar archives consist of blocks of this many bytes. */
export const BLOCK_SIZE = 512;

/** One 512-byte header as it stands, before PAX records and GNU long names are applied. */
export interface TarHeader {
  readonly name: ByteString;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes stored after the header. */
  readonly size: number;
  /** Whole seconds since the epoch. */
  readonly mtime: number;
  /** The type flag, one character. */
  readonly typeFlag: string;
  readonly linkName: ByteString;
  readonly major: number;
  readonly minor: number;
}

/** Where the fields of a header are: name, start, end. POSIX.1-1988 (ustar), pax(1). */
const FIELDS = {
  name: [0, 100],
  mode: [100, 108],
  uid: [108, 116],
  gid: [116, 124],
  size: [124, 136],
  mtime: [136, 148],
  checksum: [148, 156],
  typeFlag: [156, 157],
  linkName: [157, 257],
  magic: [257, 265],
  major: [329, 337],
  minor: [337, 345],
  prefix: [345, 500],
} as const satisfies Record<string, readonly [number, number]>;

export const isZeroBlock = (block: Buffer): boolean => ZERO_BLOCK.equals(block);
const ZERO_BLOCK = Buffer.alloc(BLOCK_SIZE);

/** Whether a block's checksum is right, which is as good as a magic number for tar. */
export function hasValidChecksum(block: Buffer): boolean {
  if (block.length !== BLOCK_SIZE) return false;
  let stored: number;
  try {
    stored = parseHeaderNumber(slice(block, "checksum"), "checksum");
  } catch {
    return false;
  }
  const [start, end] = FIELDS.checksum;
  let unsigned = 0;
  let highBytes = 0;
  for (let index = 0; index < BLOCK_SIZE; index++) {
    const byte = index >= start && index < end ? 0x20 : (block[index] as number);
    unsigned += byte;
    if (byte >= 0x80) highBytes++;
  }
  // Some old programs summed signed characters.
  return stored === unsigned || stored === unsigned - 256 * highBytes;
}

/** @throws {MalformedTarError} when the checksum is wrong or a number is not one */
export function parseTarHeader(block: Buffer): TarHeader {
  if (!hasValidChecksum(block)) throw new MalformedTarError("the checksum of its header is wrong");
  const magic = slice(block, "magic").toString("latin1");
  const isPosix = magic.startsWith("ustar\0");
  const hasDevice = isPosix || magic.startsWith("ustar ");
  const name = text(slice(block, "name"));
  // GNU tar keeps times where POSIX keeps the prefix.
  const prefix = isPosix ? text(slice(block, "prefix")) : "";
  const number = (field: "mode" | "uid" | "gid" | "size" | "mtime" | "major" | "minor") =>
    parseHeaderNumber(slice(block, field), field);
  try {
    return {
      name: prefix === "" ? name : `${prefix}/${name}`,
      mode: number("mode"),
      uid: number("uid"),
      gid: number("gid"),
      size: number("size"),
      mtime: number("mtime"),
      typeFlag: slice(block, "typeFlag").toString("latin1"),
      linkName: text(slice(block, "linkName")),
      major: hasDevice ? number("major") : 0,
      minor: hasDevice ? number("minor") : 0,
    };
  } catch (error) {
    if (error instanceof MalformedTarError) error.entry = name;
    throw error;
  }
}

function slice(block: Buffer, field: keyof typeof FIELDS): Buffer {
  const [start, end] = FIELDS[field];
  return block.subarray(start, end);
}

/** The bytes up to the first NUL. */
export function text(field: Buffer): ByteString {
  const end = field.indexOf(0);
  return field.toString("latin1", 0, end === -1 ? field.length : end);
}
