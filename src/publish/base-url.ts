import { PublishError } from "../errors.ts";

/**
 * Reads what the URLs of published files start with, such as `https://example.org/images/`.
 *
 * @returns the URL, its path ending with `/`
 * @throws {PublishError} when a provider could not download from below it: only http and https
 *   without a query are, and credentials would be published with the URL
 */
export function parseBaseUrl(text: string): URL {
  const problem = (rule: string) =>
    new PublishError(`${JSON.stringify(text)} cannot be the base of published URLs: ${rule}.`, {
      hint: "Write a URL such as https://example.org/images/.",
    });
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
  if (url.search !== "" || url.hash !== "") throw problem("a query or fragment cannot be kept");
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return url;
}
