const MEMORY_UNITS: Readonly<Record<string, number>> = { MiB: 1, GiB: 1024 };
const DURATION_UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** The longest duration that a Node timer keeps: 2^31 - 1 ms, about 24 days. */
const MAX_DURATION_MS = 2 ** 31 - 1;

/** The most that a volume may be allowed to hold; whoever means more has mistaken the unit. */
export const MAX_STORAGE_MIB = 16 * 1024 * 1024;
/** The most that is kept of an output: a string of JavaScript holds twice as much. */
export const MAX_OUTPUT_LIMIT_MIB = 256;

export const MEMORY_FORM = 'an amount of memory such as "512 MiB", "1 GiB", or a number of MiB';
export const DURATION_FORM = 'a duration such as "500ms", "30s" or "1m30s"';

/**
 * Reads an amount of memory: `512 MiB`, `0.5 GiB`, or a number of MiB.
 *
 * @returns whole MiB, at least 1; undefined when the value is not such an amount
 */
export function parseMemory(value: string | number): number | undefined {
  const match = /^(\d+(?:\.\d+)?) ?(MiB|GiB)?$/.exec(String(value));
  if (!match) return undefined;
  const mebibytes = Number(match[1]) * (MEMORY_UNITS[match[2] ?? "MiB"] ?? Number.NaN);
  return Number.isSafeInteger(mebibytes) && mebibytes >= 1 ? mebibytes : undefined;
}

/**
 * Reads a duration: one or more numbers with units, such as `500ms`, `30s`, `10m`, `1h30m`.
 * A number without a unit is none, because nobody can tell seconds from milliseconds.
 *
 * @returns milliseconds, more than 0; undefined when the value is not a duration
 */
export function parseDuration(value: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h) ?)+$/.test(`${value} `)) return undefined;
  let milliseconds = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    milliseconds += Number(amount) * (DURATION_UNITS[unit ?? ""] ?? Number.NaN);
  }
  const whole = Math.round(milliseconds);
  return whole >= 1 && whole <= MAX_DURATION_MS ? whole : undefined;
}
