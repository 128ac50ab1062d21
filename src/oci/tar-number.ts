import type { Timestamp } from "./entry.ts";
import { MalformedTarError } from "./malformed-tar-error.ts";

const NANOSECOND_DIGITS = 9;

const SPACE = 0x20;
const DIGIT_0 = 0x30;
const DIGIT_7 = 0x37;

/**
 * A number of a tar header: octal digits (POSIX), or base-256 when the first byte's high bit is set (GNU).
 *
 * @param start where in the block the field of 8 or 12 bytes starts
 * @throws {MalformedTarError} for anything else, and for values that a double cannot hold exactly
 */
export function parseHeaderNumber(block: Buffer, start: number, end: number, name: string): number {
  return ((block[start] ?? 0) & 0x80) === 0
    ? parseOctal(block, start, end, name)
    : parseBase256(block.subarray(start, end), name);
}

/** Digits between spaces and NULs, or none; written for speed: there are eight in each header. */
function parseOctal(block: Buffer, start: number, end: number, name: string): number {
  let at = start;
  while (at < end && isBlank(block[at])) at++;
  let value = 0;
  for (; at < end; at++) {
    const byte = block[at] as number;
    if (byte < DIGIT_0 || byte > DIGIT_7) break;
    value = value * 8 + (byte - DIGIT_0);
  }
  while (at < end && isBlank(block[at])) at++;
  if (at === end) return value;
  throw new MalformedTarError(
    `its ${name} is ${JSON.stringify(block.toString("latin1", start, end))}, not an octal number`,
  );
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0 || byte === SPACE;
}

function parseBase256(field: Buffer, name: string): number {
  const negative = ((field[0] ?? 0) & 0x40) !== 0;
  let value = BigInt((field[0] ?? 0) & (negative ? 0x7f : 0x3f));
  for (const byte of field.subarray(1)) value = (value << 8n) | BigInt(byte);
  // The sign bit is bit 6 of the first byte: the bit above it only marks the encoding.
  return exact(negative ? value - (1n << BigInt(field.length * 8 - 1)) : value, name);
}

/** A non-negative decimal of a PAX record. @throws {MalformedTarError} */
export function parsePaxNumber(text: string, name: string): number {
  if (!/^[0-9]{1,20}$/.test(text)) {
    throw new MalformedTarError(
      `its PAX ${name} is ${JSON.stringify(text.slice(0, 40))}, not a number`,
    );
  }
  return exact(BigInt(text), name);
}

/** A PAX time: seconds since the epoch, perhaps negative, perhaps with a fraction. @throws {MalformedTarError} */
export function parsePaxTime(text: string): Timestamp {
  const match = /^(-?)([0-9]{1,20})(?:\.([0-9]*))?$/.exec(text);
  if (!match) {
    throw new MalformedTarError(
      `its PAX mtime is ${JSON.stringify(text.slice(0, 40))}, not a time in seconds`,
    );
  }
  const [, sign, whole = "", fraction = ""] = match;
  const seconds = exact(BigInt(whole), "mtime");
  const nanoseconds = Number(fraction.slice(0, NANOSECOND_DIGITS).padEnd(NANOSECOND_DIGITS, "0"));
  if (!sign) return { seconds, nanoseconds };
  if (nanoseconds === 0) return { seconds: 0 - seconds, nanoseconds };
  return { seconds: -seconds - 1, nanoseconds: 1e9 - nanoseconds };
}

function exact(value: bigint, name: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    throw new MalformedTarError(`its ${name} of ${value} is out of range`);
  }
  return number;
}
