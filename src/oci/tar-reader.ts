import type { ByteReader } from "./byte-reader.ts";
import type { ByteString, EntryType } from "./entry.ts";
import { NO_EXTENDED_ATTRIBUTES, parseExtendedAttributes } from "./extended-attributes.ts";
import { MalformedTarError } from "./malformed-tar-error.ts";
import { type PaxRecord, parsePaxRecords } from "./pax.ts";
import type { StoredContent, TarEntry } from "./tar-entry.ts";
import { BLOCK_SIZE, isZeroBlock, parseTarHeader, type TarHeader, text } from "./tar-header.ts";
import { parsePaxNumber, parsePaxTime } from "./tar-number.ts";
import {
  checkSparseMap,
  isSparse,
  readOldGnuSparseMap,
  readPaxSparseMap,
  type SparseMap,
} from "./tar-sparse.ts";

/** Largest PAX header, long name or sparse map, in bytes; real ones have a few KiB. */
export const DEFAULT_HEADER_LIMIT = 1024 * 1024;

const ENTRY_TYPES: Readonly<Record<string, EntryType>> = {
  "0": "file",
  "\0": "file",
  "7": "file",
  S: "file",
  "1": "hard-link",
  "2": "symlink",
  "3": "character-device",
  "4": "block-device",
  "5": "directory",
  "6": "fifo",
};

/** Each applies to every entry, so a hostile number of them would cost time for each. */
const MAX_GLOBAL_RECORDS = 100;

/** Squashfs stores uids and gids as 32-bit numbers, devices as the kernel does: 12 and 20 bits. */
const MAX_ID = 2 ** 32 - 1;
const MAX_MAJOR = 2 ** 12 - 1;
const MAX_MINOR = 2 ** 20 - 1;

const NO_RECORDS: ReadonlyMap<string, string> = new Map();
const NONE_DROPPED: readonly ByteString[] = [];

/** What extended headers say of the next entry. */
interface Overrides {
  records: readonly PaxRecord[];
  /** Bytes of the extended headers so far. */
  bytes: number;
  name?: ByteString;
  linkName?: ByteString;
}

/**
 * Reads the entries of a tar archive (v7, ustar, PAX, GNU) without their contents, up to the end mark.
 *
 * @param headerLimit bytes that one extended header may have
 * @throws {MalformedTarError}
 */
export async function* readTar(
  reader: ByteReader,
  headerLimit = DEFAULT_HEADER_LIMIT,
): AsyncGenerator<TarEntry> {
  let globalRecords: readonly PaxRecord[] = [];
  let overrides: Overrides | undefined;
  for (;;) {
    // What is at hand is taken without waiting: an archive may have a million headers.
    const atHand = reader.readNow(BLOCK_SIZE);
    const isHeader = atHand !== undefined && atHand[0] !== 0;
    const block = isHeader ? atHand : await readHeaderBlock(reader, atHand);
    if (block === undefined) {
      if (overrides) throw new MalformedTarError("the archive ends after an extended header");
      return;
    }
    const header = parseTarHeader(block);
    if ("xgLK".includes(header.typeFlag)) {
      const data = await readExtension(reader, header, headerLimit);
      if (header.typeFlag === "g") {
        globalRecords = mergeGlobalRecords(globalRecords, parsePaxRecords(data));
      } else {
        overrides ??= { records: globalRecords, bytes: 0 };
        applyExtension(overrides, header, data, headerLimit);
      }
      continue;
    }
    const complete = overrides ?? { records: globalRecords, bytes: 0 };
    overrides = undefined;
    try {
      const oldSparse =
        header.typeFlag === "S" ? await readOldGnuSparseMap(block, reader, headerLimit) : undefined;
      const start = reader.position;
      const sparse =
        oldSparse ??
        (ENTRY_TYPES[header.typeFlag] === "file" && isSparse(complete.records)
          ? await readPaxSparseMap(complete.records, reader, headerLimit)
          : undefined);
      const { entry, storedSize } = completeEntry(header, complete, start, reader.position, sparse);
      yield entry;
      const left = start + storedSize - reader.position;
      if (left < 0) throw new MalformedTarError("its sparse map is longer than its content");
      if (!reader.skipNow(left + padding(storedSize))) {
        await skip(reader, left);
        // Some writers (umoci's layers) leave out the padding of the last entry with the end mark.
        await reader.skip(padding(storedSize));
      }
    } catch (error) {
      if (error instanceof MalformedTarError) error.entry ??= complete.name ?? header.name;
      throw error;
    }
  }
}

/** @param first the block, if it is at hand @returns undefined at the end mark and at the end of the archive */
async function readHeaderBlock(
  reader: ByteReader,
  first: Buffer | undefined,
): Promise<Buffer | undefined> {
  const block = first ?? (await reader.read(BLOCK_SIZE));
  if (block.length === 0) return undefined;
  if (block.length < BLOCK_SIZE) throw new MalformedTarError("the archive ends within a header");
  if (!isZeroBlock(block)) return block;
  const second = await reader.read(BLOCK_SIZE);
  if (second.length === BLOCK_SIZE && !isZeroBlock(second)) {
    throw new MalformedTarError("an empty block stands between the entries");
  }
  return undefined;
}

async function readExtension(
  reader: ByteReader,
  header: TarHeader,
  limit: number,
): Promise<Buffer> {
  if (header.size < 0 || header.size > limit) {
    throw new MalformedTarError(
      `it has an extended header of ${header.size} bytes; the limit is ${limit}`,
      header.name,
    );
  }
  const data = await reader.read(header.size);
  if (data.length < header.size)
    throw new MalformedTarError("the archive ends in its extended header");
  await skip(reader, padding(header.size));
  return data;
}

function mergeGlobalRecords(
  before: readonly PaxRecord[],
  added: readonly PaxRecord[],
): readonly PaxRecord[] {
  const merged = [...new Map([...before, ...added])];
  if (merged.length > MAX_GLOBAL_RECORDS) {
    throw new MalformedTarError(`it has more than ${MAX_GLOBAL_RECORDS} global PAX records`);
  }
  return merged;
}

function applyExtension(
  overrides: Overrides,
  header: TarHeader,
  data: Buffer,
  limit: number,
): void {
  overrides.bytes += data.length;
  if (overrides.bytes > limit) {
    throw new MalformedTarError(`its extended headers are larger than ${limit} bytes`, header.name);
  }
  if (header.typeFlag === "x") overrides.records = overrides.records.concat(parsePaxRecords(data));
  else if (header.typeFlag === "L") overrides.name = text(data);
  else overrides.linkName = text(data);
}

/**
 * @param start where the entry's stored bytes start
 * @param position where its data starts, after a sparse map that is stored with them
 */
function completeEntry(
  header: TarHeader,
  overrides: Overrides,
  start: number,
  position: number,
  sparse: SparseMap | undefined,
): { entry: TarEntry; storedSize: number } {
  const records = overrides.records.length === 0 ? NO_RECORDS : new Map(overrides.records);
  const record = (keyword: string) => records.get(keyword) || undefined;
  const number = (keyword: "uid" | "gid" | "size") => {
    const value = record(keyword);
    return value === undefined ? header[keyword] : parsePaxNumber(value, keyword);
  };
  const mtime = record("mtime");
  const name = sparse?.name ?? record("path") ?? overrides.name ?? header.name;
  const linkName = record("linkpath") ?? overrides.linkName ?? header.linkName;
  const type = entryType(header.typeFlag, name);
  const attributes = records.size === 0 ? undefined : parseExtendedAttributes(records);
  const storedSize = type === "file" ? number("size") : 0;
  if (storedSize < 0) throw new MalformedTarError(`its size is ${storedSize}`, name);
  const dataSize = storedSize - (position - start);
  const entry: TarEntry = {
    name: checkName(name, "name"),
    type,
    linkName: checkName(linkName, "link target"),
    mode: permissions(header.mode),
    uid: inRange(number("uid"), MAX_ID, "uid"),
    gid: inRange(number("gid"), MAX_ID, "gid"),
    modified: mtime === undefined ? { seconds: header.mtime, nanoseconds: 0 } : parsePaxTime(mtime),
    size: sparse?.realSize ?? storedSize,
    device: type.endsWith("-device") ? device(header) : undefined,
    extendedAttributes: attributes?.kept ?? NO_EXTENDED_ATTRIBUTES,
    droppedAttributes: attributes?.dropped ?? NONE_DROPPED,
    content: type === "file" ? locate(position, dataSize, sparse) : undefined,
  };
  return { entry, storedSize };
}

function locate(offset: number, size: number, sparse: SparseMap | undefined): StoredContent {
  return { offset, size, segments: sparse && checkSparseMap(sparse, size) };
}

function entryType(typeFlag: string, name: ByteString): EntryType {
  // Before ustar, a slash at the end of the name was the only mark of a directory.
  if (typeFlag === "\0" && name.endsWith("/")) return "directory";
  const type = ENTRY_TYPES[typeFlag];
  if (type === undefined) {
    throw new MalformedTarError(
      `its type ${JSON.stringify(typeFlag)} is none that an image may contain`,
      name,
    );
  }
  return type;
}

function checkName(name: ByteString, what: string): ByteString {
  if (name.includes("\0")) throw new MalformedTarError(`its ${what} contains a NUL byte`);
  return name;
}

function permissions(mode: number): number {
  if (mode < 0) throw new MalformedTarError(`its mode is ${mode}`);
  return mode % 0o10000;
}

function device(header: TarHeader): { major: number; minor: number } {
  return {
    major: inRange(header.major, MAX_MAJOR, "major device number"),
    minor: inRange(header.minor, MAX_MINOR, "minor device number"),
  };
}

function inRange(value: number, maximum: number, what: string): number {
  if (value < 0 || value > maximum) {
    throw new MalformedTarError(`its ${what} ${value} is not between 0 and ${maximum}`);
  }
  return value;
}

const padding = (size: number): number => (BLOCK_SIZE - (size % BLOCK_SIZE)) % BLOCK_SIZE;

async function skip(reader: ByteReader, length: number): Promise<void> {
  if ((await reader.skip(length)) < length) {
    throw new MalformedTarError("the archive ends within it");
  }
}
