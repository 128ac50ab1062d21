import type { IncomingMessage } from "node:http";
import { PublishError } from "../errors.ts";
import { createSha3, type StreamingHash } from "../gvmi/hash.ts";
import { type HttpAnswer, type HttpRequest, sendRequest } from "./http-request.ts";
import type { PublishOptions } from "./publish-target.ts";

export interface Download {
  readonly url: string;
  /** SHA3-224 that the body must have. */
  readonly hash: string;
  /** Bytes, when they are known. */
  readonly size?: number;
}

export interface DownloadCheckOptions extends PublishOptions {
  /** Milliseconds without a byte until the download fails. */
  readonly stallMs?: number;
}

/** What a provider would notice. */
export interface DownloadCheck {
  /** How many redirects were followed. */
  readonly redirects: number;
  /**
   * Whether an interrupted download goes on where it ended: it did; the server does not offer it; or it
   * offers it, and answered wrongly.
   */
  readonly resume: "works" | "not-offered" | "broken";
  /** What works, but could be better. */
  readonly warnings: readonly string[];
}

/**
 * Downloads an image as a provider's transfer service does: HEAD, then GET, broken off half-way and resumed
 * when the server offers that, and hashed while it arrives.
 *
 * @throws {PublishError} when a provider would not get the image
 * @throws the abort reason
 */
export async function checkDownload(
  download: Download,
  options: DownloadCheckOptions = {},
): Promise<DownloadCheck> {
  const head = await sendHead(download, options);
  const total = head.length ?? download.size;
  const warnings: string[] = [];
  if (head.length === undefined) {
    warnings.push("The server does not say how long the file is (Content-Length).");
  }
  const isResumable = head.acceptsRanges && total !== undefined && total > 1;
  if (!head.acceptsRanges) {
    warnings.push("Interrupted downloads start over (no Accept-Ranges: bytes).");
  }
  let resume: DownloadCheck["resume"] = "not-offered";
  if (isResumable) {
    resume = (await downloadInTwoParts(download, total, options)) ? "works" : "broken";
  }
  if (resume !== "works") await downloadAtOnce(download, total, options);
  if (resume === "broken") {
    warnings.push("Interrupted downloads fail: the server offers ranges, but ignored one.");
  }
  return { redirects: head.redirects, resume, warnings };
}

async function sendHead(download: Download, options: DownloadCheckOptions) {
  const answer = await sendRequest(requestFor("HEAD", download, options));
  answer.body.resume();
  if (answer.status !== 200) {
    throw new PublishError(`HEAD ${answer.url} answered ${answer.status}.`, {
      hint: "Providers send HEAD before GET, so the URL must answer both, without signing in.",
    });
  }
  const length = contentLength(answer);
  if (length !== undefined && download.size !== undefined && length !== download.size) {
    throw new PublishError(
      `HEAD ${answer.url} says that the file has ${length} bytes; the image has ${download.size}.`,
      { hint: "Another or an incomplete file is there. Publish the image again." },
    );
  }
  return {
    length,
    acceptsRanges: answer.headers["accept-ranges"]?.trim().toLowerCase() === "bytes",
    redirects: answer.redirects,
  };
}

async function downloadAtOnce(
  download: Download,
  total: number | undefined,
  options: DownloadCheckOptions,
): Promise<void> {
  const answer = await sendGet(download, options);
  const body = new BodyHash(total, options);
  await body.take(answer, undefined);
  body.compare(download);
}

/** @returns false when the second part was not what was asked for */
async function downloadInTwoParts(
  download: Download,
  total: number,
  options: DownloadCheckOptions,
): Promise<boolean> {
  const half = Math.ceil(total / 2);
  const body = new BodyHash(total, options);
  await body.take(await sendGet(download, options), half);
  const request = requestFor("GET", download, options);
  const rest = await sendRequest({ ...request, headers: { range: `bytes=${half}-` } });
  const expected = `bytes ${half}-${total - 1}/${total}`;
  if (rest.status !== 206 || rest.headers["content-range"] !== expected) {
    rest.body.destroy();
    return false;
  }
  await body.take(rest, undefined);
  body.compare(download);
  return true;
}

async function sendGet(download: Download, options: DownloadCheckOptions): Promise<HttpAnswer> {
  const answer = await sendRequest(requestFor("GET", download, options));
  if (answer.status === 200) return answer;
  answer.body.destroy();
  throw new PublishError(`GET ${answer.url} answered ${answer.status}.`, {
    hint: "The URL must be readable by everyone, without signing in.",
  });
}

function requestFor(
  method: HttpRequest["method"],
  { url }: Download,
  { signal, stallMs }: DownloadCheckOptions,
): HttpRequest {
  return { method, url, ...(signal && { signal }), ...(stallMs !== undefined && { stallMs }) };
}

function contentLength({ headers }: HttpAnswer): number | undefined {
  const text = headers["content-length"];
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** The hash of a body that arrives in one or two parts, none of which is kept. */
class BodyHash {
  private readonly hash: StreamingHash = createSha3();
  private done = 0;

  constructor(
    private readonly total: number | undefined,
    private readonly options: DownloadCheckOptions,
  ) {}

  /** @param limit how many bytes of the whole to stop at; the rest of the answer is not read */
  async take(answer: HttpAnswer, limit: number | undefined): Promise<void> {
    const end = limit ?? this.total ?? Number.POSITIVE_INFINITY;
    try {
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        const wanted = chunk.subarray(0, Math.max(0, end - this.done));
        this.hash.update(wanted);
        this.done += wanted.length;
        this.options.onProgress?.({
          step: "checking",
          done: this.done,
          total: this.total ?? this.done,
        });
        if (limit !== undefined && this.done >= limit) return;
        if (wanted.length < chunk.length) throw tooLong(answer.url, end);
      }
    } catch (error) {
      throw this.explain(answer, error);
    } finally {
      answer.body.destroy();
    }
    if (Number.isFinite(end) && this.done < end) throw tooShort(answer.url, this.done, end);
  }

  compare({ url, hash }: Download): void {
    const actual = this.hash.hex();
    if (actual === hash) return;
    throw new PublishError(`The file at ${url} has another hash than the image.`, {
      hint: "Another or a damaged file is there, or an error page. Publish the image again.",
      details: `expected ${hash}\nreceived ${actual}`,
    });
  }

  private explain({ url, body }: HttpAnswer, error: unknown): unknown {
    const { signal } = this.options;
    if (signal?.aborted) return signal.reason;
    if (error instanceof PublishError) return error;
    if (isCutOff(body, error)) return tooShort(url, this.done, this.total);
    return new PublishError(`The download of ${url} failed: ${(error as Error).message}.`, {
      hint: "Check that the server is running and can be reached from everywhere.",
      cause: error,
    });
  }
}

function isCutOff(body: IncomingMessage, error: unknown): boolean {
  return !body.complete && (error as NodeJS.ErrnoException).code === "ECONNRESET";
}

function tooShort(url: string, done: number, total: number | undefined): PublishError {
  const of = total === undefined ? "" : ` of ${total}`;
  return new PublishError(`The download of ${url} ended after ${done}${of} bytes.`, {
    hint: "The server ended the connection early. Look at its log, and at its limits of time and size.",
  });
}

function tooLong(url: string, total: number): PublishError {
  return new PublishError(`The file at ${url} is longer than the ${total} bytes of the image.`, {
    hint: "Another file is there. Publish the image again.",
  });
}
