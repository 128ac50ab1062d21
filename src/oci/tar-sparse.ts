import type { ByteReader } from "./byte-reader.ts";
import type { ByteString } from "./entry.ts";
import { MalformedTarError } from "./malformed-tar-error.ts";
import type { PaxRecord } from "./pax.ts";
import { BLOCK_SIZE } from "./tar-header.ts";
import { parseHeaderNumber, parsePaxNumber } from "./tar-number.ts";

/** A run of data in a sparse file; the archive stores the runs one after the other, without the holes. */
export interface SparseSegment {
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly length: number;
}

export interface SparseMap {
  readonly segments: readonly SparseSegment[];
  /** Bytes of the file with its holes. */
  readonly realSize: number;
  /** The file's name, where the header's own name is only a stand-in. */
  readonly name?: ByteString;
}

/** Where the old GNU header keeps its sparse map; each item is an offset and a length of 12 bytes. */
const OLD_GNU = { start: 386, items: 4, extended: 482, realSize: 483 };
const OLD_GNU_EXTENSION = { start: 0, items: 21, extended: 504 };
const ITEM_SIZE = 24;

/**
 * The sparse map of an old GNU sparse file (type flag S). Its extension blocks are read from `reader`.
 *
 * @see https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html
 * @throws {MalformedTarError}
 */
export async function readOldGnuSparseMap(
  header: Buffer,
  reader: ByteReader,
  limit: number,
): Promise<SparseMap> {
  const segments = oldGnuItems(header, OLD_GNU);
  let extended = header[OLD_GNU.extended] === 1;
  for (let read = 0; extended; read += BLOCK_SIZE) {
    if (read >= limit) throw new MalformedTarError(`its sparse map is larger than ${limit} bytes`);
    const block = await reader.read(BLOCK_SIZE);
    if (block.length < BLOCK_SIZE)
      throw new MalformedTarError("the archive ends in its sparse map");
    for (const segment of oldGnuItems(block, OLD_GNU_EXTENSION)) segments.push(segment);
    extended = block[OLD_GNU_EXTENSION.extended] === 1;
  }
  const { realSize: at } = OLD_GNU;
  const realSize = parseHeaderNumber(header, at, at + 12, "real size");
  return { segments, realSize };
}

function oldGnuItems(block: Buffer, layout: { start: number; items: number }): SparseSegment[] {
  const segments: SparseSegment[] = [];
  for (let index = 0; index < layout.items; index++) {
    const at = layout.start + index * ITEM_SIZE;
    if (block[at] === 0) break;
    segments.push({
      offset: parseHeaderNumber(block, at, at + 12, "sparse offset"),
      length: parseHeaderNumber(block, at + 12, at + ITEM_SIZE, "sparse length"),
    });
  }
  return segments;
}

/** Whether PAX records describe a sparse file. */
export function isSparse(records: readonly PaxRecord[]): boolean {
  return records.some(([keyword]) => keyword.startsWith("GNU.sparse."));
}

/**
 * The sparse map in PAX records, versions 0.0, 0.1 and 1.0. A map of version 1.0 stands at the start of
 * the file's content and is read from `reader`.
 *
 * @returns undefined when the records do not say how large the file is
 * @throws {MalformedTarError}
 */
export async function readPaxSparseMap(
  records: readonly PaxRecord[],
  reader: ByteReader,
  limit: number,
): Promise<SparseMap | undefined> {
  const last = new Map(records);
  const size = last.get("GNU.sparse.realsize") ?? last.get("GNU.sparse.size");
  if (size === undefined) return undefined;
  const name = last.get("GNU.sparse.name");
  const major = last.get("GNU.sparse.major") ?? "0";
  const minor = last.get("GNU.sparse.minor") ?? "0";
  if (major === "1" && minor === "0") {
    return sparseMap(await readMapBeforeContent(reader, limit), size, name);
  }
  if (major !== "0") {
    throw new MalformedTarError(`its sparse format ${major}.${minor} is unknown`);
  }
  const numbers = last.has("GNU.sparse.map") ? mapRecord(last) : pairRecords(records);
  return sparseMap(numbers, size, name);
}

function mapRecord(records: ReadonlyMap<string, string>): string[] {
  const map = records.get("GNU.sparse.map") ?? "";
  return map === "" ? [] : map.split(",");
}

function pairRecords(records: readonly PaxRecord[]): string[] {
  return records
    .filter(([keyword]) => keyword === "GNU.sparse.offset" || keyword === "GNU.sparse.numbytes")
    .map(([, value]) => value);
}

/** Version 1.0: decimal numbers, one per line, the first says how many pairs follow; padded to a block. */
async function readMapBeforeContent(reader: ByteReader, limit: number): Promise<string[]> {
  const numbers: string[] = [];
  let wanted = 1;
  let unfinished = "";
  for (let read = 0; numbers.length < wanted; read += BLOCK_SIZE) {
    if (read >= limit) throw new MalformedTarError(`its sparse map is larger than ${limit} bytes`);
    const block = await reader.read(BLOCK_SIZE);
    if (block.length < BLOCK_SIZE)
      throw new MalformedTarError("the archive ends in its sparse map");
    const lines = (unfinished + block.toString("latin1")).split("\n");
    unfinished = lines.pop() ?? "";
    for (const line of lines) numbers.push(line);
    if (numbers[0] !== undefined) wanted = 1 + 2 * parsePaxNumber(numbers[0], "sparse count");
  }
  return numbers.slice(1, wanted);
}

function sparseMap(numbers: string[], size: string, name: ByteString | undefined): SparseMap {
  if (numbers.length % 2 !== 0) throw new MalformedTarError("its sparse map is incomplete");
  const segments: SparseSegment[] = [];
  for (let index = 0; index < numbers.length; index += 2) {
    segments.push({
      offset: parsePaxNumber(numbers[index] ?? "", "sparse offset"),
      length: parsePaxNumber(numbers[index + 1] ?? "", "sparse length"),
    });
  }
  return {
    segments,
    realSize: parsePaxNumber(size, "sparse size"),
    ...(name !== undefined && { name }),
  };
}

/**
 * Checks that the runs are in order, do not overlap, lie in the file, and are what the archive stores.
 *
 * @returns the runs that hold data
 * @throws {MalformedTarError}
 */
export function checkSparseMap(map: SparseMap, storedSize: number): readonly SparseSegment[] {
  if (map.realSize < 0) throw new MalformedTarError(`its size is ${map.realSize}`);
  let end = 0;
  let stored = 0;
  for (const { offset, length } of map.segments) {
    if (offset < end || length < 0 || offset + length > map.realSize) {
      throw new MalformedTarError(
        `its sparse map has a run of ${length} bytes at ${offset}, which overlaps another or leaves the file`,
      );
    }
    end = offset + length;
    stored += length;
  }
  if (stored !== storedSize) {
    throw new MalformedTarError(
      `its sparse map speaks of ${stored} bytes of data, the archive of ${storedSize}`,
    );
  }
  return map.segments.filter(({ length }) => length > 0);
}
