import { PublishError } from "../../errors.ts";
import { parseImageTag } from "../registry/image-tag.ts";
import { isSha3Digest } from "../sha3.ts";

/** What a published image is known by, as data. */
export type ImageSubject =
  | { readonly kind: "url"; readonly url: string }
  | { readonly kind: "package"; readonly hash: string; readonly url: string }
  | { readonly kind: "hash"; readonly hash: string }
  | { readonly kind: "tag"; readonly tag: string };

/**
 * Reads what an image is known by: a URL, a package string (`hash:sha3:<hash>:<url>`), a hash, or
 * `user/repository:tag`.
 *
 * @throws {PublishError} when it is none of them
 */
export function parseSubject(text: string): ImageSubject {
  if (/^hash:/i.test(text)) return parsePackage(text);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) {
    if (/^https?:/i.test(text) && URL.canParse(text)) return { kind: "url", url: text };
    throw problem(text, "providers download from http and https URLs only");
  }
  // Names of images have a slash in them.
  if (!text.includes("/") && /^[0-9a-f]{50,}$/i.test(text)) {
    const hash = text.toLowerCase();
    if (hash.length === 56) return { kind: "hash", hash };
    throw problem(text, `a SHA3-224 hash has 56 digits, not ${hash.length}`);
  }
  try {
    return { kind: "tag", tag: parseImageTag(text).text };
  } catch {
    throw problem(text, "it is no URL, package string, hash or tag");
  }
}

function parsePackage(text: string): ImageSubject {
  const [, algorithm = "", digits = "", url = ""] = /^hash:([^:]*):([^:]*):(.*)$/i.exec(text) ?? [];
  if (algorithm.toLowerCase() !== "sha3") {
    throw problem(text, "providers take SHA-3 hashes only: hash:sha3:<hash>:<url>");
  }
  const hash = digits.toLowerCase();
  if (!isSha3Digest(hash)) {
    throw problem(text, "its hash has not 56, 64, 96 or 128 hexadecimal digits");
  }
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) {
    throw problem(text, "it does not end with an http or https URL");
  }
  return { kind: "package", hash, url };
}

function problem(text: string, rule: string): PublishError {
  return new PublishError(`${JSON.stringify(text)} is not what an image is known by: ${rule}.`, {
    hint: "Name a URL, a package string such as hash:sha3:<hash>:<url>, a hash of 56 digits, or a tag such as alice/hello:1.0.",
  });
}
