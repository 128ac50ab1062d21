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
    stored = number(block, "checksum");
  } catch {
    return false;
  }
  // The checksum's own field counts as spaces.
  const [start, end] = FIELDS.checksum;
  let sum = 0x20 * (end - start);
  for (let index = 0; index < start; index++) sum += block[index] as number;
  for (let index = end; index < BLOCK_SIZE; index++) sum += block[index] as number;
  return stored === sum || stored === sum - 256 * countHighBytes(block);
}

/** Some old programs summed signed characters. */
function countHighBytes(block: Buffer): number {
  const [start, end] = FIELDS.checksum;
  const isHigh = (byte: number, index: number) => byte >= 0x80 && (index < start || index >= end);
  return block.filter(isHigh).length;
}

/** @throws {MalformedTarError} when the checksum is wrong or a number is not one */
export function parseTarHeader(block: Buffer): TarHeader {
  if (!hasValidChecksum(block)) throw new MalformedTarError("the checksum of its header is wrong");
  const magic = block.toString("latin1", ...FIELDS.magic);
  const isPosix = magic.startsWith("ustar\0");
  const hasDevice = isPosix || magic.startsWith("ustar ");
  const name = field(block, "name");
  // GNU tar keeps times where POSIX keeps the prefix.
  const prefix = isPosix ? field(block, "prefix") : "";
  try {
    return {
      name: prefix === "" ? name : `${prefix}/${name}`,
      mode: number(block, "mode"),
      uid: number(block, "uid"),
      gid: number(block, "gid"),
      size: number(block, "size"),
      mtime: number(block, "mtime"),
      typeFlag: String.fromCharCode(block[FIELDS.typeFlag[0]] as number),
      linkName: field(block, "linkName"),
      major: hasDevice ? number(block, "major") : 0,
      minor: hasDevice ? number(block, "minor") : 0,
    };
  } catch (error) {
    if (error instanceof MalformedTarError) error.entry = name;
    throw error;
  }
}

function number(block: Buffer, name: keyof typeof FIELDS): number {
  const [start, end] = FIELDS[name];
  return parseHeaderNumber(block, start, end, name);
}

function field(block: Buffer, name: keyof typeof FIELDS): ByteString {
  const [start, end] = FIELDS[name];
  return text(block, start, end);
}

/** The bytes up to the first NUL. */
export function text(bytes: Buffer, start = 0, limit = bytes.length): ByteString {
  let end = start;
  while (end < limit && bytes[end] !== 0) end++;
  return end === start ? "" : bytes.toString("latin1", start, end);
}
