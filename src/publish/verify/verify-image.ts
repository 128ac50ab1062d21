import { PublishError } from "../../errors.ts";
import {
  type Download,
  type DownloadCheck,
  type DownloadCheckOptions,
  downloadAsProvider,
} from "../check-download.ts";
import { packageString } from "../package-string.ts";
import { RegistryClient } from "../registry/registry-client.ts";
import { DEFAULT_REGISTRY_URL, parseRegistryUrl } from "../registry/registry-url.ts";
import { type UsageSnippet, usageSnippets } from "../snippets/usage-snippets.ts";
import { type InspectedEnds, inspectEnds, LONGEST_TRAILER } from "./inspect-ends.ts";
import type { ImageSubject } from "./parse-subject.ts";

export interface VerifyOptions extends DownloadCheckOptions {
  /** SHA3-224 that the image must have, where the subject does not say it. */
  readonly hash?: string;
  /** Has `REGISTRY_URL`, for tags and hashes. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** An image that a provider can download. */
export interface VerifiedImage extends InspectedEnds {
  /** SHA3-224, or as long as the one that was asked for. */
  readonly hash: string;
  /** Whether the hash was known before the download, and not only made from it. */
  readonly isExpected: boolean;
  readonly url: string;
  /** What a demand names: `hash:sha3:<hash>:<url>`. */
  readonly package: string;
  /** The name by which it was found in a registry. */
  readonly tag?: string;
  /** Bytes. */
  readonly size: number;
  readonly check: DownloadCheck;
  readonly snippets: readonly UsageSnippet[];
}

/**
 * Finds a published image as a requestor does, downloads it as a provider does, and looks whether it is a
 * .gvmi.
 *
 * @throws {PublishError} when it is not found, or a provider would not get it (`DownloadError`)
 * @throws {GvmiFormatError} when it is no sound .gvmi
 * @throws the abort reason
 */
export async function verifyImage(
  subject: ImageSubject,
  options: VerifyOptions = {},
): Promise<VerifiedImage> {
  const download = await find(subject, options);
  const { url } = download;
  const { redirects, resume, warnings, hash, ...ends } = await downloadAsProvider(
    download,
    LONGEST_TRAILER,
    options,
  );
  const inspected = inspectEnds(url, ends);
  const tag = subject.kind === "tag" ? { tag: subject.tag } : {};
  return {
    hash,
    isExpected: download.hash !== undefined,
    url,
    package: packageString(hash, url),
    ...tag,
    size: ends.size,
    check: { redirects, resume, warnings: [...warnings, ...warningsAbout(url, hash)] },
    ...inspected,
    snippets: usageSnippets({ hash, url, ...tag }),
  };
}

/** Where the image is, and what is known of it. */
async function find(subject: ImageSubject, options: VerifyOptions): Promise<Download> {
  const found = await locate(subject, options);
  const { hash = found.hash } = options;
  if (found.hash !== undefined && hash !== found.hash) {
    throw new PublishError(`The image is ${found.hash}, and not ${hash}, as was asked for.`, {
      hint: "The name leads to another image, or the hash is that of another one.",
    });
  }
  return { ...found, ...(hash !== undefined && { hash }) };
}

async function locate(subject: ImageSubject, options: VerifyOptions): Promise<Download> {
  switch (subject.kind) {
    case "url":
      return { url: subject.url };
    case "package":
      return { url: subject.url, hash: subject.hash };
    case "hash":
      return await askRegistry({ hash: subject.hash }, subject.hash, options);
    case "tag":
      return await askRegistry({ tag: subject.tag }, subject.tag, options);
  }
}

/** Asks as golem-js and yapapi do. */
async function askRegistry(
  by: { readonly tag: string } | { readonly hash: string },
  name: string,
  options: VerifyOptions,
): Promise<Download> {
  const { environment = process.env, stallMs } = options;
  const url = parseRegistryUrl(environment.REGISTRY_URL || DEFAULT_REGISTRY_URL);
  const client = new RegistryClient(url, { ...(stallMs !== undefined && { stallMs }) });
  try {
    const info = await client.info(by, options);
    if (!info) {
      throw new PublishError(`The registry ${url.origin} has no image ${name}.`, {
        hint: "Check the spelling, and REGISTRY_URL. Images without a tag are deleted after a while.",
      });
    }
    if ("hash" in by && info.hash !== by.hash) {
      throw new PublishError(
        `The registry ${url.origin} was asked for ${by.hash}, and answers with ${info.hash}.`,
        { hint: "Tell its operator. Publish the image again, or name it by its URL." },
      );
    }
    return { url: info.url, hash: info.hash, ...(info.size !== undefined && { size: info.size }) };
  } finally {
    client.close();
  }
}

function warningsAbout(url: string, hash: string): string[] {
  const { username, password } = new URL(url);
  return [
    ...(username !== "" || password !== ""
      ? ["The URL has a user or password in it, which everyone sees who sees the demand."]
      : []),
    ...(hash.length === 56 ? [] : ["Images are named by SHA3-224; this hash is a longer SHA-3."]),
  ];
}
