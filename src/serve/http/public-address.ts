import type { FastifyRequest } from "fastify";
import { RequestError } from "../request-error.ts";

/**
 * Where a request's sender reaches this server: at the address that it is told to have, or at the one that
 * the sender used.
 *
 * @returns a URL whose path ends with `/`
 * @throws {RequestError} 400, when the request has no usable address
 */
export function publicAddress(request: FastifyRequest, configured: URL | undefined): URL {
  if (configured) return configured;
  const { protocol, host } = request;
  const isSound = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(host);
  const text = `${protocol}://${host}/`;
  if (!isSound || !URL.canParse(text)) throw new RequestError(400, "The header Host is malformed.");
  return new URL(text);
}

export function downloadUrl(base: URL, digest: string): string {
  return new URL(`download/${digest}`, base).href;
}
