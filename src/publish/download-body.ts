import { escapeControls } from "../system/display-text.ts";
import { DownloadError } from "./download-error.ts";
import type { DownloadOptions } from "./download-requests.ts";
import { type HttpAnswer, STALL_MS } from "./http-request.ts";
import type { Sha3 } from "./sha3.ts";
import { shownUrl } from "./shown-url.ts";

/** As much of a file's beginning as says what it is: a superblock, or the start of a web page. */
const START_BYTES = 512;

/** Bytes per second below which a download is as good as stalled, although something arrives. */
const SLOWEST_RATE = 1024;

/** The start and the end of a file that is not kept otherwise. */
export interface FileEnds {
  /** Bytes of the whole file. */
  readonly size: number;
  readonly start: Buffer;
  readonly end: Buffer;
}

/** The bytes of a file as they arrive, in one answer or several. They are hashed, and all but the ends dropped. */
export class DownloadBody {
  /** Bytes that have arrived. */
  done = 0;
  private readonly start: Buffer;
  private readonly tail: Buffer;

  /**
   * @param total bytes of the file, when they are known
   * @param endBytes how many of the last bytes are kept
   */
  constructor(
    readonly total: number | undefined,
    private readonly hash: Sha3,
    private readonly options: DownloadOptions,
    endBytes = 0,
  ) {
    this.start = Buffer.alloc(START_BYTES);
    this.tail = Buffer.allocUnsafeSlow(Math.min(endBytes, total ?? endBytes));
  }

  /**
   * Reads an answer, from where the bytes so far end.
   *
   * @param limit how many bytes of the whole to stop at; the rest of the answer is not read
   * @throws {DownloadError}
   * @throws the abort reason
   */
  async take(answer: HttpAnswer, limit?: number): Promise<void> {
    const end = limit ?? this.total ?? Number.POSITIVE_INFINITY;
    const timer = this.endWhenSlow(answer);
    try {
      for await (const chunk of answer.body as AsyncIterable<Buffer>) {
        const wanted = chunk.subarray(0, Math.max(0, end - this.done));
        this.add(wanted);
        if (limit !== undefined && this.done >= limit) return;
        if (wanted.length < chunk.length) throw this.tooLong(answer.url, end);
      }
    } catch (error) {
      throw this.explain(answer, error);
    } finally {
      clearInterval(timer);
      answer.body.destroy();
    }
    if (Number.isFinite(end) && this.done < end) throw this.tooShort(answer.url);
  }

  /** In hexadecimal; call it once, at the end. */
  finish(): string {
    return this.hash.hex();
  }

  /** What was kept; to be used before more is read. */
  ends(): FileEnds {
    const { tail, done } = this;
    const start = this.start.subarray(0, Math.min(done, START_BYTES));
    if (done <= tail.length) return { size: done, start, end: tail.subarray(0, done) };
    const at = tail.length === 0 ? 0 : done % tail.length;
    return {
      size: done,
      start,
      end: Buffer.concat([tail.subarray(at), tail.subarray(0, at)]),
    };
  }

  /** @returns an error when what arrived is a web page, whose address is for the message */
  pageError(url: string): DownloadError | undefined {
    const text = this.ends().start.toString("utf8").trim();
    if (!/^(<!doctype html|<html|<\?xml|\{")/i.test(text)) return undefined;
    return new DownloadError(
      "web-page",
      `At ${shownUrl(url)} is a page of text, with status 200, and no image.`,
      {
        hint: "It may be an error page, or one to sign in. Providers get it instead of the image: make the file readable by everyone.",
        details: escapeControls(text.slice(0, 200)),
      },
    );
  }

  /** A byte now and then is movement, but no download. */
  private endWhenSlow({ url, body }: HttpAnswer): NodeJS.Timeout {
    const { stallMs = STALL_MS } = this.options;
    let before = this.done;
    return setInterval(() => {
      const isSlow = this.done - before < (SLOWEST_RATE * stallMs) / 1000;
      before = this.done;
      if (!isSlow || body.complete) return;
      body.destroy(
        new DownloadError(
          "stalled",
          `The download of ${shownUrl(url)} stands still: nothing worth mentioning arrived for ${stallMs / 1000} s.`,
          { hint: "Check the server and the network, and try again." },
        ),
      );
    }, stallMs);
  }

  private add(bytes: Buffer): void {
    this.hash.update(bytes);
    if (this.done < START_BYTES) bytes.copy(this.start, this.done);
    this.keepTail(bytes);
    this.done += bytes.length;
    const total = this.total ?? this.done;
    this.options.onProgress?.({ step: "checking", done: this.done, total });
  }

  /** The tail is a ring: byte `n` of the file is at `n` modulo its length. */
  private keepTail(bytes: Buffer): void {
    const { length } = this.tail;
    if (length === 0) return;
    const skipped = Math.max(0, bytes.length - length);
    for (let from = skipped; from < bytes.length; ) {
      const at = (this.done + from) % length;
      from += bytes.copy(this.tail, at, from, Math.min(bytes.length, from + length - at));
    }
  }

  private explain({ url, body }: HttpAnswer, error: unknown): unknown {
    const { signal } = this.options;
    if (signal?.aborted) return signal.reason;
    if (error instanceof DownloadError) return error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (!body.complete && code === "ECONNRESET") return this.tooShort(url);
    return new DownloadError(
      "unreachable",
      `The download of ${shownUrl(url)} failed: ${message}.`,
      {
        hint: "Check that the server is running and can be reached from everywhere.",
        cause: error,
      },
    );
  }

  private tooShort(url: string): DownloadError {
    const page = this.pageError(url);
    if (page) return page;
    const of = this.total === undefined ? "" : ` of ${this.total}`;
    return new DownloadError(
      "too-short",
      `The download of ${shownUrl(url)} ended after ${this.done}${of} bytes.`,
      {
        hint: "The server ended the connection early. Look at its log, and at its limits of time and size.",
      },
    );
  }

  private tooLong(url: string, total: number): DownloadError {
    return new DownloadError(
      "too-long",
      `The file at ${shownUrl(url)} is longer than the ${total} bytes of the image.`,
      { hint: "Another file is there. Publish the image again." },
    );
  }
}
