import { fileURLToPath } from "node:url";
import { UsageError } from "../../errors.ts";
import { DEFAULT_VERSION, releaseUrl, VERSION_FORM, versionIn } from "./release.ts";
import type { RuntimeRequest } from "./request.ts";

/** Where a bundle comes from; `version` is undefined when neither the person nor a name tells it. */
export type BundleSource = { readonly version: string | undefined } & (
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "url"; readonly url: URL }
);

/**
 * Works out which release is meant and where it is.
 *
 * @throws {UsageError} when what is asked for contradicts itself or is no version, digest or URL
 */
export function bundleSource(request: RuntimeRequest): BundleSource {
  checkRequest(request);
  const { version, path, mirror } = request;
  if (path !== undefined) return { kind: "path", path, version: version ?? versionIn(path) };
  if (request.url === undefined) {
    const tag = version ?? DEFAULT_VERSION;
    return fromUrl(parseUrl(releaseUrl(tag, mirror)), tag);
  }
  const url = parseUrl(request.url);
  return fromUrl(url, version ?? versionIn(url.pathname));
}

function fromUrl(url: URL, version: string | undefined): BundleSource {
  if (url.protocol !== "file:") return { kind: "url", url, version };
  try {
    return { kind: "path", path: fileURLToPath(url), version };
  } catch (cause) {
    throw badUrl(url.href, cause);
  }
}

function checkRequest({ version, sha256, url, mirror, path }: RuntimeRequest): void {
  if ([url, mirror, path].filter((place) => place !== undefined).length > 1) {
    throw new UsageError("The runtime's url, mirror and path are three places for one bundle.", {
      hint: "Give one of them.",
    });
  }
  if (version !== undefined && !VERSION_FORM.test(version)) {
    throw new UsageError(`Invalid runtime version: ${JSON.stringify(version)}.`, {
      hint: `Give the tag of a release, such as ${DEFAULT_VERSION}.`,
    });
  }
  if (sha256 !== undefined && !/^[0-9a-f]{64}$/i.test(sha256)) {
    throw new UsageError(`Invalid runtime sha256: ${JSON.stringify(sha256)}.`, {
      hint: "Give the SHA-256 of the release's tarball as 64 hexadecimal digits.",
    });
  }
}

function parseUrl(text: string): URL {
  if (!URL.canParse(text)) throw badUrl(text);
  const url = new URL(text);
  if (!["http:", "https:", "file:"].includes(url.protocol)) throw badUrl(text);
  return url;
}

function badUrl(text: string, cause?: unknown): UsageError {
  return new UsageError(`Invalid URL for the runtime: ${JSON.stringify(text)}.`, {
    hint: "Give an http, https or file URL.",
    cause,
  });
}
