import type { GolemImageError } from "../errors.ts";
import type { Explanation } from "./test-result.ts";

/** What a person can do about an error that failed a test, for its report. */
export function hintOf({ hint }: GolemImageError): Explanation | undefined {
  return hint === undefined ? undefined : { text: hint };
}
