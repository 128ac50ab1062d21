import type { ByteString } from "./entry.ts";
import { MalformedTarError } from "./malformed-tar-error.ts";

const PREFIX = ".wh.";
const META_PREFIX = ".wh..wh.";
const OPAQUE = ".wh..wh..opq";

/** What a name in a layer stands for. */
export type LayerName =
  | { kind: "entry" }
  /** Hides `name` of the lower layers. */
  | { kind: "whiteout"; name: ByteString }
  /** Hides everything that lower layers have in the directory. */
  | { kind: "opaque" }
  /** Bookkeeping of AUFS, never a part of the image. */
  | { kind: "ignored" };

/**
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.0/layer.md#whiteouts
 * @throws {MalformedTarError} for a name that the specification reserves and gives no meaning
 */
export function classifyName(components: readonly ByteString[]): LayerName {
  const last = components.length - 1;
  for (const [index, component] of components.entries()) {
    if (!component.startsWith(PREFIX)) continue;
    if (component === OPAQUE && index === last) return { kind: "opaque" };
    if (component.startsWith(META_PREFIX)) return { kind: "ignored" };
    if (index < last) {
      throw new MalformedTarError('its path leads through a name that begins with ".wh."');
    }
    const name = component.slice(PREFIX.length);
    if (name === "" || name === "." || name === "..") {
      throw new MalformedTarError("it is a whiteout of nothing that a directory can contain");
    }
    return { kind: "whiteout", name };
  }
  return { kind: "entry" };
}
