import { parseRetryAfter } from "../system/http/retry-after.ts";
import { DownloadError } from "./download-error.ts";
import { type HttpAnswer, type HttpRequest, sendRequest } from "./http-request.ts";
import type { PublishOptions } from "./publish-target.ts";
import { shownUrl } from "./shown-url.ts";

export interface DownloadOptions extends PublishOptions {
  /** Milliseconds without a byte until the download fails. */
  readonly stallMs?: number;
}

/** What the answer to HEAD says. */
export interface DownloadHead {
  /** Bytes. */
  readonly length: number | undefined;
  readonly acceptsRanges: boolean;
  readonly redirects: number;
  /** Whether a redirect was to a relative place. */
  readonly isRelative: boolean;
}

interface Requested {
  readonly url: string;
  /** Bytes that the file must have. */
  readonly size?: number;
}

/** Statuses that may be others soon. */
const isPassing = (status: number): boolean => status === 429 || status >= 500;

/**
 * Asks about a file as providers do before they download it.
 *
 * @throws {DownloadError} when the answer is not 200, or the length is another one
 * @throws the abort reason
 */
export async function sendHead(
  requested: Requested,
  options: DownloadOptions,
): Promise<DownloadHead> {
  const answer = await sendRequest(requestFor("HEAD", requested, options));
  answer.body.resume();
  const { status, redirects, isRelative } = answer;
  if (status !== 200) throw await refusedHead(requested, answer, options);
  const length = contentLength(answer);
  if (length !== undefined && requested.size !== undefined && length !== requested.size) {
    throw new DownloadError(
      "other-length",
      `HEAD ${shownUrl(answer.url)} says that the file has ${length} bytes; the image has ${requested.size}.`,
      { hint: "Another or an incomplete file is there. Publish the image again." },
    );
  }
  const acceptsRanges = answer.headers["accept-ranges"]?.trim().toLowerCase() === "bytes";
  return { length, acceptsRanges, redirects, isRelative };
}

/**
 * Starts a download.
 *
 * @param from the first byte that is wanted; asked for as a range unless it is 0
 * @returns an answer of 200 or, to a range, 206
 * @throws {DownloadError} for any other status
 * @throws the abort reason
 */
export async function sendGet(
  requested: Requested,
  options: DownloadOptions,
  from = 0,
): Promise<HttpAnswer> {
  const request = requestFor("GET", requested, options);
  const headers = { range: `bytes=${from}-` };
  const answer = await sendRequest(from > 0 ? { ...request, headers } : request);
  if (answer.status === 200 || (from > 0 && answer.status === 206)) return answer;
  answer.body.destroy();
  // Not satisfying a range is as good as ignoring it: the file is then downloaded without.
  if (from > 0 && answer.status === 416) return answer;
  throw new DownloadError("refused", `GET ${shownUrl(answer.url)} answered ${answer.status}.`, {
    hint: "The URL must be readable by everyone, without signing in.",
    isTransient: isPassing(answer.status),
    retryAfterMs: parseRetryAfter(answer.headers["retry-after"]),
  });
}

/** Looks whether GET works where HEAD does not, which explains much. */
async function refusedHead(
  requested: Requested,
  { status, url, headers }: HttpAnswer,
  options: DownloadOptions,
): Promise<unknown> {
  const isTransient = isPassing(status) && status !== 501;
  if (!isTransient) {
    try {
      const get = await sendRequest(requestFor("GET", requested, options));
      get.body.destroy();
      if (get.status === 200) {
        return new DownloadError(
          "head-refused",
          `HEAD ${shownUrl(url)} answered ${status}, although GET answers 200, as pre-signed URLs do.`,
          {
            hint: "Providers send HEAD before GET, so the URL must answer both. Publish one that needs no signature.",
          },
        );
      }
    } catch (error) {
      if (options.signal?.aborted) return options.signal.reason;
      if (!(error instanceof DownloadError)) return error;
    }
  }
  return new DownloadError("refused", `HEAD ${shownUrl(url)} answered ${status}.`, {
    hint: "Providers send HEAD before GET, so the URL must answer both, without signing in.",
    isTransient,
    retryAfterMs: parseRetryAfter(headers["retry-after"]),
  });
}

function requestFor(
  method: HttpRequest["method"],
  { url }: Requested,
  { signal, stallMs }: DownloadOptions,
): HttpRequest {
  return { method, url, ...(signal && { signal }), ...(stallMs !== undefined && { stallMs }) };
}

function contentLength({ headers }: HttpAnswer): number | undefined {
  const text = headers["content-length"];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
