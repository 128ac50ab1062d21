import { DownloadBody, type FileEnds } from "./download-body.ts";
import { DownloadError } from "./download-error.ts";
import { type DownloadHead, type DownloadOptions, sendGet, sendHead } from "./download-requests.ts";
import { isSha3Digest, sha3OfLength } from "./sha3.ts";
import { shownUrl } from "./shown-url.ts";
import { backOffDelay, DEFAULT_RETRY_POLICY, type RetryPolicy, waitFor } from "./transfer/retry.ts";

export interface Download {
  readonly url: string;
  /** SHA3-224 (or a longer SHA-3) that the body must have; any is fine when absent. */
  readonly hash?: string;
  /** Bytes, when they are known. */
  readonly size?: number;
}

export interface DownloadCheckOptions extends DownloadOptions {
  /** How often a download that breaks is gone on with. */
  readonly retryPolicy?: RetryPolicy;
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

export interface CheckedDownload extends DownloadCheck, FileEnds {
  /** SHA3-224, or as long as the one that was expected. */
  readonly hash: string;
}

/** What a connection must have brought to count as none of several failures in a row. */
const PROGRESS_BYTES = 64 * 1024;

/**
 * Downloads an image as a provider's transfer service does: HEAD, then GET, broken off half-way and resumed
 * when the server offers that, and hashed while it arrives.
 *
 * @throws {DownloadError} when a provider would not get the image
 * @throws the abort reason
 */
export async function checkDownload(
  download: Download,
  options: DownloadCheckOptions = {},
): Promise<DownloadCheck> {
  const { redirects, resume, warnings } = await downloadAsProvider(download, 0, options);
  return { redirects, resume, warnings };
}

/**
 * Does the same, and keeps the ends of the file.
 *
 * @param endBytes how many of the last bytes to keep
 * @throws {DownloadError} when a provider would not get the image
 * @throws the abort reason
 */
export async function downloadAsProvider(
  download: Download,
  endBytes: number,
  options: DownloadCheckOptions = {},
): Promise<CheckedDownload> {
  return await new DownloadRun(download, endBytes, options).run();
}

class DownloadRun {
  private readonly warnings: string[] = [];
  private failures = 0;

  constructor(
    private readonly download: Download,
    private readonly endBytes: number,
    private readonly options: DownloadCheckOptions,
  ) {}

  async run(): Promise<CheckedDownload> {
    const head = await this.retried(() => sendHead(this.download, this.options));
    const total = head.length ?? this.download.size;
    this.warnAbout(head);
    const isResumable = head.acceptsRanges && total !== undefined && total > 1;
    const resumed = isResumable ? await this.inTwoParts(total) : undefined;
    const body = resumed ?? (await this.atOnce(total));
    const resume = resumed ? "works" : isResumable ? "broken" : "not-offered";
    if (resume === "broken") {
      this.warnings.push("Interrupted downloads fail: the server offers ranges, but ignored one.");
    }
    return { ...body, redirects: head.redirects, resume, warnings: this.warnings };
  }

  private warnAbout({ length, acceptsRanges, isRelative }: DownloadHead): void {
    if (length === undefined) {
      this.warnings.push("The server does not say how long the file is (Content-Length).");
    }
    if (!acceptsRanges) {
      this.warnings.push("Interrupted downloads start over (no Accept-Ranges: bytes).");
    }
    if (isRelative) {
      this.warnings.push(
        "A redirect leads to a relative Location; not every client follows those.",
      );
    }
  }

  /** @returns undefined when the second part was not what was asked for, or does not fit the first */
  private async inTwoParts(total: number) {
    const body = this.newBody(total);
    const half = Math.ceil(total / 2);
    let reached = 0;
    const isWhole = await this.retried(async () => {
      // A connection that breaks again and again brings the file all the same, when each brings a part of it.
      if (body.done - reached >= PROGRESS_BYTES) this.failures = 0;
      reached = body.done;
      if (body.done < half && !(await this.goOn(body, half))) return false;
      return await this.goOn(body);
    });
    return isWhole ? this.finish(body, true) : undefined;
  }

  /** @returns false when the server ignores the range or answers with another one */
  private async goOn(body: DownloadBody, limit?: number): Promise<boolean> {
    if (body.done === 0) {
      await body.take(await sendGet(this.download, this.options), limit);
      return true;
    }
    const from = body.done;
    const rest = await sendGet(this.download, this.options, from);
    const last = (body.total ?? 0) - 1;
    const expected = `bytes ${from}-${last}/${body.total}`;
    if (rest.status !== 206 || rest.headers["content-range"] !== expected) {
      rest.body.destroy();
      return false;
    }
    await body.take(rest, limit);
    return true;
  }

  private async atOnce(total: number | undefined) {
    const body = await this.retried(async () => {
      const fresh = this.newBody(total);
      await fresh.take(await sendGet(this.download, this.options));
      return fresh;
    });
    const finished = this.finish(body, false);
    if (!finished) throw new Error("A body that is not resumed is compared or thrown for.");
    return finished;
  }

  private newBody(total: number | undefined): DownloadBody {
    const { hash = "" } = this.download;
    const sha3 = sha3OfLength(isSha3Digest(hash) ? hash.length : 56);
    return new DownloadBody(total, sha3, this.options, this.endBytes);
  }

  /** @returns undefined when it has another hash, which may be because it was resumed */
  private finish(body: DownloadBody, wasResumed: boolean) {
    const { url, hash: expected } = this.download;
    const hash = body.finish();
    const page = expected === undefined ? body.pageError(url) : undefined;
    if (page) throw page;
    if (expected === undefined || hash === expected) return { hash, ...body.ends() };
    if (wasResumed) return undefined;
    throw (
      body.pageError(url) ??
      new DownloadError(
        "other-hash",
        `The file at ${shownUrl(url)} has another hash than the image.`,
        {
          hint: "Another or a damaged file is there. Publish the image again.",
          details: `expected ${expected}\nreceived ${hash}`,
        },
      )
    );
  }

  /** Repeats what failed for a passing reason, as providers do. */
  private async retried<T>(attempt: () => Promise<T>): Promise<T> {
    const { retryPolicy = DEFAULT_RETRY_POLICY, signal, onNote } = this.options;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (!(error instanceof DownloadError) || !error.isTransient) throw error;
        this.failures++;
        if (this.failures >= retryPolicy.attempts) throw error;
        const { retryAfterMs = 0 } = error;
        if (retryAfterMs > retryPolicy.longestRetryAfterMs) throw error;
        onNote?.(`${error.message} Trying again.`);
        const delayMs = Math.max(retryAfterMs, backOffDelay(this.failures, retryPolicy));
        await waitFor(delayMs, signal);
      }
    }
  }
}
