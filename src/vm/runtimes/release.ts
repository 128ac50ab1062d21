import type { Profile } from "../profiles.ts";

/** The newest release whose `vmrt` we know the digest of. */
export const DEFAULT_VERSION = "v0.5.2";

/** Where the project publishes its releases. */
export const RELEASE_BASE_URL = "https://github.com/golemfactory/ya-runtime-vm/releases/download";

/** A tag becomes a part of URLs and of directory names, so it may be nothing else. */
export const VERSION_FORM = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,63}$/;

/** The SHA-256 of `vmrt` in the releases where we know it: from their source trees. */
const VMRT_DIGESTS: Readonly<Record<string, string>> = {
  "0.5.2": "fd0527a1688c483296b7bbe5535c1c95b94106e2e900fc2d08a032aa29b916f8",
};

/** What `vmrt` of a release must have as its SHA-256; undefined when that is not known. */
export function knownVmrtDigest(version: string | undefined): string | undefined {
  return VMRT_DIGESTS[version?.replace(/^v/, "") ?? ""];
}

/** The URL of a release's tarball below a base URL, which may end with a slash or not. */
export function releaseUrl(version: string, baseUrl: string = RELEASE_BASE_URL): string {
  const tag = encodeURIComponent(version);
  return `${baseUrl.replace(/\/+$/, "")}/${tag}/ya-runtime-vm-linux-${tag}.tar.gz`;
}

/** The version in the name of a release's tarball or top directory, wherever that stands in `text`. */
export function versionIn(text: string): string | undefined {
  return /ya-runtime-vm-linux-(v?\d+\.\d+\.\d+[\w.+-]*?)(?=\.tar\.gz|\.tgz|\/|$)/.exec(text)?.[1];
}

/**
 * The profile that describes a release: 0.2 to 0.4.0 behave alike, 0.4.1 no longer changes the mode of the
 * root directory, and 0.5 drops the environment.
 *
 * @returns undefined for a tag that is not a version
 */
export function profileOfVersion(version: string | undefined): Profile | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version ?? "");
  if (!match) return undefined;
  const [major, minor, patch] = match.slice(1).map(Number) as [number, number, number];
  const number = (major * 1000 + minor) * 1000 + patch;
  if (number < 4_001) return "v0.3";
  return number < 5_000 ? "v0.4" : "v0.5";
}
