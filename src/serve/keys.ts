import type { ImageTag } from "../publish/registry/image-tag.ts";

// What a repository's objects are called. Nothing in them depends on when or by whom they were sent, so that
// the same images make the same store.

export const IMAGES = "images/";
export const HASHES = "hashes/";
export const TAGS = "tags/";

export const imageFolder = (digest: string): string => `${IMAGES}${digest}/`;
export const descriptorKey = (digest: string): string => `${imageFolder(digest)}descriptor`;
/** Exists when someone with a token may have the chunks of this image sent. */
export const permissionKey = (digest: string): string => `${imageFolder(digest)}permitted`;
/** Exists when the descriptor has another SHA3-224 than the image. */
export const refusalKey = (digest: string): string => `${imageFolder(digest)}refused`;

/** A chunk is named by its place and its content, so that another file there is never taken for it. */
export function chunkKey(digest: string, number: number, sha256: string): string {
  return `${imageFolder(digest)}chunks/${String(number).padStart(4, "0")}-${sha256}`;
}

/** Exists when the whole image is there and has this SHA3-224. */
export const completeKey = (hash: string, digest: string): string => `${HASHES}${hash}/${digest}`;

/** Holds the digest of the descriptor that the tag leads to. */
export const tagKey = ({ user, repository, tag }: ImageTag): string =>
  `${TAGS}${user}/${repository}/${tag}`;
