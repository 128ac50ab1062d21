import { ConversionError } from "../errors.ts";
import type { RunConfig } from "../oci/image-config.ts";

/**
 * Keys that are left out. The first three are those of a container, in which the official converter puts
 * random values. It drops `User` as well: every command of a provider runs as root unless it is there.
 */
const DROPPED_KEYS: ReadonlySet<string> = new Set(["Hostname", "Domainname", "Image", "User"]);

/** Real configurations are 3 deep. */
const MAX_DEPTH = 32;

/**
 * The metadata of a .gvmi for an image's run configuration, as JSON in one canonical form: keys sorted,
 * no white space, and nothing that says nothing. So archives of one image in different formats, which
 * differ in the empty values they spell out, give one text.
 *
 * @throws {ConversionError} when the configuration is nested too deeply
 */
export function encodeMetadata(config: RunConfig): string {
  const entries = Object.entries(config).filter(
    ([key, value]) => !DROPPED_KEYS.has(key) && !isEmpty(value),
  );
  return canonicalObject(entries, 1);
}

/** What Go's JSON writes for a field that was never set. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) {
    return true;
  }
  return typeof value === "object" && Object.keys(value).length === 0;
}

function canonical(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) {
    throw new ConversionError(
      `The image's run configuration is nested more than ${MAX_DEPTH} levels deep.`,
    );
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item, depth + 1)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    return canonicalObject(Object.entries(value), depth + 1);
  }
  return JSON.stringify(value ?? null);
}

function canonicalObject(entries: readonly (readonly [string, unknown])[], depth: number): string {
  const members = entries
    .filter(([, value]) => value !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => `${JSON.stringify(key)}:${canonical(value, depth)}`);
  return `{${members.join(",")}}`;
}
