import { DEFAULT_REGISTRY_URL } from "../registry/registry-url.ts";

/** A published image, as requestors name it. */
export interface PublishedImage {
  /** SHA3-224. */
  readonly hash: string;
  /** Where providers download it. */
  readonly url: string;
  /** Its name in a registry, `user/repository:tag`. */
  readonly tag?: string;
}

/** The shortest way in which every requestor finds an image. */
export type ImageReference =
  | { readonly kind: "tag"; readonly tag: string; readonly hash: string }
  | { readonly kind: "hash"; readonly hash: string }
  | { readonly kind: "url"; readonly hash: string; readonly url: string };

/**
 * How to name an image: only the public registry is asked for tags and bare hashes, so an image from anywhere
 * else is named by its URL.
 */
export function referenceTo({ hash, url, tag }: PublishedImage): ImageReference {
  const isPublic = URL.canParse(url) && new URL(url).origin === DEFAULT_REGISTRY_URL;
  if (!isPublic) return { kind: "url", hash, url };
  return tag === undefined ? { kind: "hash", hash } : { kind: "tag", tag, hash };
}
