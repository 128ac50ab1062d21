import type { ByteString } from "./entry.ts";
import { MalformedTarError } from "./malformed-tar-error.ts";
import type { PaxRecord } from "./pax.ts";

const SCHILY = "SCHILY.xattr.";
const LIBARCHIVE = "LIBARCHIVE.xattr.";
const ACCESS_CONTROL_LIST = "SCHILY.acl.";

/** What squashfs can hold: its attributes name their namespace by a number, and there are three. */
const KEPT_NAMESPACES = ["user.", "security.", "trusted."];

/** The kernel's limits (xattr(7), linux/limits.h): bytes of a name, bytes of a value. */
const MAX_NAME = 255;
const MAX_VALUE = 65_536;

export interface ExtendedAttributes {
  readonly kept: ReadonlyMap<ByteString, Uint8Array>;
  /** Names of attributes that a squashfs cannot hold and whose loss is worth a warning. */
  readonly dropped: readonly ByteString[];
}

export const NO_EXTENDED_ATTRIBUTES: ReadonlyMap<ByteString, Uint8Array> = new Map();

/**
 * The extended attributes among PAX records, in the conventions of star and GNU tar (SCHILY.xattr.) and of
 * libarchive (LIBARCHIVE.xattr., URL-encoded names and base64 values).
 *
 * POSIX access control lists and unknown namespaces have no place in squashfs. `trusted.overlay.*` is the
 * builder's overlayfs bookkeeping, not the image's, and would confuse the overlay that a provider mounts.
 *
 * @throws {MalformedTarError} when a name or value could not be set on Linux
 */
export function parseExtendedAttributes(records: Iterable<PaxRecord>): ExtendedAttributes {
  const kept = new Map<ByteString, Uint8Array>();
  const dropped: ByteString[] = [];
  for (const record of records) {
    const attribute = parseAttribute(record);
    if (!attribute) continue;
    const [name, value] = attribute;
    if (name.startsWith("trusted.overlay.")) continue;
    if (!KEPT_NAMESPACES.some((namespace) => name.startsWith(namespace))) {
      dropped.push(name);
      continue;
    }
    if (KEPT_NAMESPACES.includes(name) || name.length > MAX_NAME || name.includes("\0")) {
      throw new MalformedTarError(
        `it has an extended attribute with an impossible name (${name.length} bytes)`,
      );
    }
    if (value.length > MAX_VALUE) {
      throw new MalformedTarError(
        `its extended attribute ${name} has ${value.length} bytes, more than Linux allows (${MAX_VALUE})`,
      );
    }
    kept.set(name, value);
  }
  return { kept: kept.size === 0 ? NO_EXTENDED_ATTRIBUTES : kept, dropped };
}

function parseAttribute([keyword, value]: PaxRecord): [ByteString, Uint8Array] | undefined {
  if (keyword.startsWith(SCHILY)) {
    return [keyword.slice(SCHILY.length), Buffer.from(value, "latin1")];
  }
  if (keyword.startsWith(LIBARCHIVE)) {
    const name = keyword
      .slice(LIBARCHIVE.length)
      .replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    return [name, Buffer.from(value, "base64")];
  }
  if (keyword.startsWith(ACCESS_CONTROL_LIST)) {
    const name = keyword.slice(ACCESS_CONTROL_LIST.length);
    return [`system.posix_acl_${name}`, Buffer.from(value, "latin1")];
  }
  return undefined;
}
