import { PublishError } from "../../errors.ts";
import { parseBaseUrl } from "../base-url.ts";
import { shownUrl } from "../shown-url.ts";

/**
 * Reads where files are put: a folder, to which their names are added, or a template with `{file}` or `{hash}`.
 *
 * @throws {PublishError} for anything but an http or https URL without credentials
 */
export function parseUploadUrl(text: string): string {
  const base = parseBaseUrl(text);
  const isFolder = base.pathname.endsWith("/") && base.search === "";
  if (isFolder || /(\{|%7B)(file|hash|key)(\}|%7D)/i.test(base.pathname)) return text;
  throw new PublishError(`${JSON.stringify(shownUrl(text))} is one place for all images.`, {
    hint: "Write a folder such as https://example.org/images/, or a template with {file} or {hash} in its path.",
  });
}
