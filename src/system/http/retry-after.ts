const DATE = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? .*\b\d\d:\d\d:\d\d\b/;

/**
 * How long a server asks to wait: `Retry-After` in seconds or as a date in any of HTTP's three forms
 * (RFC 9110, 10.2.3 and 5.6.7).
 *
 * @param now milliseconds since 1970
 * @returns milliseconds, 0 for a date that has passed; undefined when the header is missing or malformed
 */
export function parseRetryAfter(
  header: string | undefined,
  now: number = Date.now(),
): number | undefined {
  const text = header?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Date.parse alone would take "-1" or "5 apples" for a date.
  if (!DATE.test(text)) return undefined;
  // The form of asctime() does not say that it is UTC.
  const time = Date.parse(text.endsWith("GMT") ? text : `${text} GMT`);
  return Number.isNaN(time) ? undefined : Math.max(0, time - now);
}
