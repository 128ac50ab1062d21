import { createHash, randomBytes } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { MissingToolError, UsageError } from "../../errors.ts";
import { removeAtExit } from "../../system/temporary.ts";
import { type Bundle, openBundle, sha256Of } from "./bundle.ts";
import { type BundleSource, bundleSource } from "./bundle-source.ts";
import type { BundleKey, BundleStore } from "./bundle-store.ts";
import { DOWNLOAD_LIMITS, type DownloadLimits, download } from "./download.ts";
import { displayUrl } from "./http-get.ts";
import { makeKeptBundle, openKeptBundle } from "./kept-bundle.ts";
import { PartialDownload } from "./partial-download.ts";
import type { RuntimeRequest } from "./request.ts";

export interface GetBundleOptions {
  readonly store: BundleStore;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((text: string) => void) | undefined;
  readonly limits?: Partial<DownloadLimits> | undefined;
}

/**
 * The bundle if it can be had without a download: it is on this machine, or an earlier run has kept it.
 *
 * @throws {UsageError} when the request contradicts itself
 * @throws {MissingToolError} when the bundle of this machine cannot be used
 */
export async function findBundle(
  request: RuntimeRequest,
  options: GetBundleOptions,
): Promise<Bundle | undefined> {
  const source = bundleSource(request);
  if (source.kind === "path") return localBundle(source, request, options);
  const sha256 = request.sha256?.toLowerCase();
  const kept = await options.store.find(keyOf(source, sha256));
  return kept === undefined ? undefined : openKeptBundle(kept, sha256, sha256 !== undefined);
}

/**
 * The bundle, downloaded when it must be, and kept for the next time.
 *
 * @throws {UsageError} when the request contradicts itself
 * @throws {MissingToolError} when it cannot be downloaded, or is not what it should be
 * @throws the abort reason
 */
export async function getBundle(
  request: RuntimeRequest,
  options: GetBundleOptions,
): Promise<Bundle> {
  const found = await findBundle(request, options);
  if (found) return found;
  const source = bundleSource(request);
  if (source.kind === "path") throw new Error("a bundle of this machine is found or refused");
  const sha256 = request.sha256?.toLowerCase();
  const key = keyOf(source, sha256);
  const workDirectory = await options.store.workDirectory();
  await removeForgotten(workDirectory);
  // What an earlier run left may be wrong in a way that only the whole shows.
  for (;;) {
    const partial = await PartialDownload.claim(workDirectory, key.source);
    let resumed = false;
    try {
      ({ resumed } = await download(source.url, partial, {
        limits: { ...DOWNLOAD_LIMITS, ...options.limits },
        allowsPlainHttp: sha256 !== undefined,
        signal: options.signal,
        onProgress: reportPercents(source, options),
      }));
    } catch (error) {
      await partial.release();
      throw error;
    }
    try {
      return await keepTarball(partial.path, displayUrl(source.url), sha256, source, key, options);
    } catch (error) {
      if (!resumed || !(error instanceof MissingToolError)) throw error;
    } finally {
      await partial.remove();
    }
  }
}

/** A directory is used where it is; a tarball is unpacked once and kept under its digest. */
async function localBundle(
  source: BundleSource & { kind: "path" },
  { sha256 }: RuntimeRequest,
  options: GetBundleOptions,
): Promise<Bundle> {
  const { version } = source;
  const path = resolve(source.path);
  const status = await stat(path).catch(() => undefined);
  if (!status) {
    throw new MissingToolError(`There is no runtime bundle at ${source.path}.`, {
      hint: "Check the path: it is a tarball of a release, or the directory that it unpacks to.",
    });
  }
  if (status.isDirectory()) {
    if (sha256 === undefined) return openBundle(path, version);
    throw new UsageError(`A sha256 is that of a tarball, but ${source.path} is a directory.`, {
      hint: "Give the tarball, or leave the sha256 out.",
    });
  }
  const digest = await sha256Of(path, options.signal);
  checkTarball(source.path, digest, sha256?.toLowerCase());
  const key = { version: version ?? "local", source: digest.slice(0, 16) };
  const kept = await options.store.find(key);
  const bundle =
    kept === undefined ? undefined : await openKeptBundle(kept, digest, sha256 !== undefined);
  return bundle ?? keepTarball(path, source.path, sha256?.toLowerCase(), source, key, options);
}

async function keepTarball(
  path: string,
  origin: string,
  sha256: string | undefined,
  { version }: BundleSource,
  key: BundleKey,
  { store, signal, onProgress }: GetBundleOptions,
): Promise<Bundle> {
  onProgress?.("unpacking the official runtime");
  const digest = await sha256Of(path, signal);
  checkTarball(origin, digest, sha256);
  const unique = randomBytes(8).toString("hex");
  const unpacked = join(await store.workDirectory(), `unpacked-${unique}`);
  const forget = removeAtExit(unpacked);
  try {
    await makeKeptBundle({ path, sha256: digest }, unpacked, version, signal);
    const isGood = async (directory: string) =>
      (await openKeptBundle(directory, digest, true)) !== undefined;
    const kept = await store.save(key, unpacked, isGood);
    const bundle = await openKeptBundle(kept, digest, sha256 !== undefined);
    if (bundle) return bundle;
    throw new MissingToolError(`The runtime that was just saved in ${kept} cannot be used.`, {
      hint: "Check that the disk has free space, remove that directory and try again.",
    });
  } finally {
    await rm(unpacked, { recursive: true, force: true });
    forget();
  }
}

function checkTarball(origin: string, actual: string, expected: string | undefined): void {
  if (expected === undefined || actual === expected) return;
  throw new MissingToolError(
    `The runtime bundle ${origin} is not the one that was asked for: its SHA-256 is ${actual}, not ${expected}.`,
    { hint: "Check the sha256 and the version, or get the bundle from another source." },
  );
}

function keyOf(source: BundleSource & { kind: "url" }, sha256: string | undefined): BundleKey {
  const identity = JSON.stringify([source.url.href, sha256 ?? null]);
  return {
    version: source.version ?? "unknown",
    source: createHash("sha256").update(identity).digest("hex").slice(0, 16),
  };
}

function reportPercents(source: BundleSource, { onProgress }: GetBundleOptions) {
  let last = "";
  return (received: number, total: number | undefined) => {
    const amount =
      total === undefined
        ? `${Math.floor(received / 1024 ** 2)} MiB`
        : `${Math.floor((received / Math.max(total, 1)) * 100)} %`;
    if (amount === last) return;
    last = amount;
    onProgress?.(`downloading the official runtime ${source.version ?? ""}: ${amount}`);
  };
}

/** What killed processes left, and what nobody went on with. */
const FORGOTTEN_MS = 7 * 24 * 60 * 60 * 1000;

async function removeForgotten(workDirectory: string): Promise<void> {
  for (const name of await readdir(workDirectory)) {
    const path = join(workDirectory, name);
    const status = await stat(path).catch(() => undefined);
    if (!status || Date.now() - status.mtimeMs < FORGOTTEN_MS) continue;
    await rm(path, { recursive: true, force: true });
  }
}
