import type { ByteString } from "./entry.ts";
import { MalformedTarError } from "./malformed-tar-error.ts";

/** One PAX record; names and values are bytes. */
export type PaxRecord = readonly [keyword: ByteString, value: ByteString];

const SPACE = 0x20;
const NEWLINE = 0x0a;
const EQUALS = 0x3d;

/**
 * Parses the records "LENGTH KEYWORD=VALUE\n" of a PAX header, where LENGTH counts the whole record.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_03
 * @throws {MalformedTarError} when a length lies or a record has no "="
 */
export function parsePaxRecords(data: Buffer): PaxRecord[] {
  const records: PaxRecord[] = [];
  let start = 0;
  while (start < data.length) {
    const space = data.indexOf(SPACE, start);
    const digits = data.toString(
      "latin1",
      start,
      space === -1 ? start : Math.min(space, start + 9),
    );
    const end = start + Number(digits);
    const equals = data.indexOf(EQUALS, space);
    const sound =
      /^[0-9]+$/.test(digits) &&
      end <= data.length &&
      equals > space + 1 &&
      equals < end &&
      data[end - 1] === NEWLINE;
    if (!sound) {
      // Some writers pad the records with NULs up to the block.
      if (isAllZero(data.subarray(start))) break;
      throw new MalformedTarError(`its PAX header is malformed at byte ${start}`);
    }
    records.push([
      data.toString("latin1", space + 1, equals),
      data.toString("latin1", equals + 1, end - 1),
    ]);
    start = end;
  }
  return records;
}

function isAllZero(data: Buffer): boolean {
  return data.every((byte) => byte === 0);
}
