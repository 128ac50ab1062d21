import type { EntryMetadata } from "../oci/entry.ts";
import type { RunConfig } from "../oci/image-config.ts";
import { RULES } from "./rules/index.ts";

/**
 * How many of a file's first bytes rules want to read.
 *
 * @param ignored ids of rules that are not run
 */
export function wantedBytes(
  file: EntryMetadata,
  config: RunConfig,
  ignored: readonly string[] = [],
): number {
  let most = 0;
  for (const rule of RULES) {
    if (!rule.contents || ignored.includes(rule.id)) continue;
    most = Math.max(most, rule.contents(file, config));
  }
  return most;
}
