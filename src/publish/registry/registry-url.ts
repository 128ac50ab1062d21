import { PublishError } from "../../errors.ts";
import { isLoopback } from "../../system/http/loopback.ts";
import { TransferError } from "../transfer/transfer-error.ts";

export const DEFAULT_REGISTRY_URL = "https://registry.golem.network";

/** Where nobody else can listen. */

/**
 * Reads the address of a registry, as `REGISTRY_URL` has it.
 *
 * @returns the URL, its path ending with `/`
 * @throws {PublishError} for anything but an absolute http or https URL without credentials and query
 */
export function parseRegistryUrl(text: string): URL {
  const problem = (rule: string) =>
    new PublishError(`REGISTRY_URL cannot be used: ${rule}.`, {
      hint: `Write a URL such as ${DEFAULT_REGISTRY_URL}.`,
    });
  if (!URL.canParse(text)) throw problem("it is not an absolute URL");
  const url = new URL(text);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw problem("it is not http or https");
  // Neither is repeated in the message.
  if (url.username !== "" || url.password !== "") {
    throw problem("it has a user name or password; use REGISTRY_USER and REGISTRY_TOKEN");
  }
  if (url.search !== "" || url.hash !== "") throw problem("it has a query or fragment");
  url.pathname = `${url.pathname.replace(/\/+$/, "")}/`;
  return url;
}

/** @throws {TransferError} `insecure`, when a token would be readable on its way to the registry */
export function assertSafeForToken(url: URL): void {
  if (url.protocol === "https:" || isLoopback(url)) return;
  throw new TransferError(
    "insecure",
    `${url.origin} is not encrypted: everyone on the way could read the token.`,
    {
      hint: "Use an https URL in REGISTRY_URL. Without --tag the image is published anonymously, which needs no token.",
    },
  );
}
