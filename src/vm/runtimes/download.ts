import { open } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { MissingToolError } from "../../errors.ts";
import { parseRetryAfter } from "../../system/http/retry-after.ts";
import { displayUrl, type HttpGetOptions, HttpProblem, httpGet, readBody } from "./http-get.ts";
import type { Origin, PartialDownload } from "./partial-download.ts";

/** How patient a download is. */
export interface DownloadLimits {
  /** Bytes that the file may have. */
  readonly maxBytes: number;
  /** Milliseconds without a byte until an attempt fails. */
  readonly stallMs: number;
  readonly attempts: number;
  /** Milliseconds before the second attempt; twice as many before each one after it. */
  readonly retryDelayMs: number;
}

/** Official tarballs have about 20 MB. */
export const DOWNLOAD_LIMITS: DownloadLimits = {
  maxBytes: 512 * 1024 * 1024,
  stallMs: 30_000,
  attempts: 4,
  retryDelayMs: 1_000,
};

const MAX_RETRY_DELAY_MS = 15_000;

export interface DownloadOptions {
  readonly limits: DownloadLimits;
  /** Whether a host other than this machine may send it unencrypted. */
  readonly allowsPlainHttp: boolean;
  readonly signal?: AbortSignal | undefined;
  /** @param total undefined when the server does not say it */
  readonly onProgress?: (received: number, total: number | undefined) => void;
}

/**
 * Downloads a file, going on where an earlier attempt, also of another process, was cut off, if the server
 * still has the same file.
 *
 * @returns whether a part of it came from an earlier run
 * @throws {MissingToolError} when it is not to be had
 * @throws the abort reason
 */
export async function download(
  url: URL,
  partial: PartialDownload,
  options: DownloadOptions,
): Promise<{ resumed: boolean }> {
  const { limits, signal } = options;
  let resumed = (await partial.size()) > 0;
  for (let attempt = 1; ; attempt++) {
    try {
      const { startedAgain } = await downloadOnce(url, partial, options);
      if (startedAgain) resumed = false;
      return { resumed };
    } catch (error) {
      if (!(error instanceof HttpProblem)) throw error;
      if (!error.isTemporary || attempt >= limits.attempts) throw failed(url, error, attempt);
      const wait = error.retryAfterMs ?? limits.retryDelayMs * 2 ** (attempt - 1);
      await delay(Math.min(wait, MAX_RETRY_DELAY_MS), undefined, { signal }).catch(() => {});
      signal?.throwIfAborted();
    }
  }
}

async function downloadOnce(
  url: URL,
  partial: PartialDownload,
  options: DownloadOptions,
): Promise<{ startedAgain: boolean }> {
  const { limits, signal, allowsPlainHttp } = options;
  const have = await partial.size();
  if (have > 0 && have === partial.origin?.total) return { startedAgain: false };
  const canResume = have > 0 && partial.origin?.total !== undefined;
  const headers = canResume ? resumeHeaders(have, partial.origin) : undefined;
  const get: HttpGetOptions = {
    allowsPlainHttp,
    stallMs: limits.stallMs,
    signal,
    ...(headers && { headers }),
  };
  const answer = await httpGet(url, get);
  try {
    const start = headers ? resumedAt(answer, have, partial.origin) : undefined;
    if (start === undefined) {
      checkStatus(answer);
      await partial.startAgain(originOf(answer));
    }
    await receive(answer, partial, get, options);
    return { startedAgain: start === undefined };
  } catch (error) {
    if (error instanceof WrongRange) {
      await partial.startAgain({});
      throw new HttpProblem("the server sent another part than it was asked for", true);
    }
    throw error;
  } finally {
    answer.destroy();
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-13.1.5 */
function resumeHeaders(have: number, origin: Origin | undefined): Record<string, string> {
  const validator = origin?.validator;
  return {
    range: `bytes=${have}-`,
    ...(validator !== undefined && { "if-range": validator }),
  };
}

class WrongRange extends Error {}

/** @returns where the answer goes on; undefined when it is the whole file */
function resumedAt(
  answer: IncomingMessage,
  have: number,
  origin: Origin | undefined,
): number | undefined {
  if (answer.statusCode === 200) return undefined;
  if (answer.statusCode === 416) throw new WrongRange();
  if (answer.statusCode !== 206) {
    checkStatus(answer);
    return undefined;
  }
  const range = /^bytes (\d{1,15})-\d{1,15}\/(\d{1,15})$/.exec(
    answer.headers["content-range"] ?? "",
  );
  const [, start, total] = range ?? [];
  if (Number(start) !== have || Number(total) !== origin?.total) throw new WrongRange();
  return have;
}

function checkStatus({ statusCode = 0, headers }: IncomingMessage): void {
  if (statusCode === 200) return;
  const isTemporary = [408, 425, 429].includes(statusCode) || statusCode >= 500;
  const retryAfterMs = parseRetryAfter(headers["retry-after"]);
  throw new HttpProblem(`the server answered ${statusCode}`, isTemporary, retryAfterMs);
}

function originOf({ headers }: IncomingMessage): Origin {
  const { etag, "last-modified": modified, "content-length": length } = headers;
  // A weak entity tag does not promise the same bytes.
  const validator = etag?.startsWith('"') ? etag : modified;
  return {
    ...(validator !== undefined && { validator }),
    ...(length !== undefined && { total: Number(length) }),
  };
}

async function receive(
  answer: IncomingMessage,
  partial: PartialDownload,
  get: HttpGetOptions,
  { limits, onProgress }: DownloadOptions,
): Promise<void> {
  const total = partial.origin?.total;
  const tooLarge = () =>
    new HttpProblem(`it is larger than the limit of ${limits.maxBytes} bytes`, false);
  if (total !== undefined && total > limits.maxBytes) throw tooLarge();
  let received = await partial.size();
  const file = await open(partial.path, "a");
  try {
    for await (const chunk of readBody(answer, get)) {
      received += chunk.length;
      if (received > limits.maxBytes) throw tooLarge();
      await file.writeFile(chunk);
      onProgress?.(received, total);
    }
  } finally {
    await file.close();
  }
  if (total === undefined || received === total) return;
  if (received > total) throw new WrongRange();
  throw new HttpProblem(`only ${received} of ${total} bytes arrived`, true);
}

function failed(url: URL, problem: HttpProblem, attempts: number): MissingToolError {
  const tries = attempts > 1 ? ` (after ${attempts} attempts)` : "";
  return new MissingToolError(
    `The official runtime cannot be downloaded from ${displayUrl(url)}: ${problem.message}${tries}.`,
    {
      hint: "Check the version and the network; another source can be given with --runtime-mirror, --runtime-url or --runtime-path, and --runtime system needs none.",
      cause: problem,
    },
  );
}
