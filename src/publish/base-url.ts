import { PublishError } from "../errors.ts";
import { shownUrl } from "./shown-url.ts";

/** What stands for a part of a file's place in the base of published URLs. */
export interface FilePlace {
  /** Such as `<hash>.gvmi`. */
  readonly file: string;
  /** SHA3-224. */
  readonly hash: string;
  /** The file with the folders of its repository before it, where there are such. */
  readonly key?: string;
}

const PLACEHOLDERS = ["file", "hash", "key"] as const;

/**
 * Reads what the URLs of published files start with, such as `https://example.org/images/`, or a template of
 * them, such as `https://example.org/{key}?download`.
 *
 * @returns the URL, its path ending with `/` unless it is a template
 * @throws {PublishError} when a provider could not download from below it: only http and https
 *   are, and credentials would be published with the URL
 */
export function parseBaseUrl(text: string): URL {
  const problem = (rule: string) =>
    new PublishError(
      `${JSON.stringify(shownUrl(text))} cannot be the base of published URLs: ${rule}.`,
      {
        hint: "Write a URL such as https://example.org/images/, or a template such as https://example.org/{file}.",
      },
    );
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw problem("it is not an absolute URL");
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw problem("providers download by http and https only");
  }
  if (url.username !== "" || url.password !== "") {
    throw new PublishError("The base of published URLs must not have a user name or password.", {
      hint: "Everyone who sees the package string would see them. Providers download anonymously.",
    });
  }
  const placeholders = placeholdersOf(url);
  const unknown = placeholders.find((name) => !PLACEHOLDERS.some((known) => known === name));
  if (unknown !== undefined) {
    throw problem(`{${unknown}} stands for nothing; {file}, {hash} and {key} do`);
  }
  if (placeholders.length > 0) return url;
  if (url.search !== "" || url.hash !== "") throw problem("a query or fragment cannot be kept");
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}

/** @param base what `parseBaseUrl` returned */
export function publicUrl(base: URL, place: FilePlace): string {
  const { file, key = file } = place;
  if (placeholdersOf(base).length === 0) return new URL(file, base).href;
  const values: Readonly<Record<string, string>> = { ...place, key };
  const fill = (text: string) =>
    text.replace(PLACEHOLDER, (whole, name: string) => encode(values[name] ?? whole));
  return `${base.origin}${fill(base.pathname)}${fill(base.search)}`;
}

/** Every part of a path as it stands in a URL. */
const encode = (path: string): string => path.split("/").map(encodeURIComponent).join("/");

/** URLs have braces encoded in paths, and as they are in queries. */
const PLACEHOLDER = /(?:\{|%7B)([a-z]+)(?:\}|%7D)/gi;

function placeholdersOf({ pathname, search }: URL): string[] {
  return [...`${pathname}${search}`.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
}
