import { parseBaseUrl, publicUrl } from "../base-url.ts";
import { checkDownload, type DownloadCheck } from "../check-download.ts";
import { checkExisting } from "../check-existing.ts";
import type { TargetSettings } from "../create-target.ts";
import { DownloadError } from "../download-error.ts";
import type {
  PublishFile,
  PublishOptions,
  PublishTarget,
  StoredFile,
  TargetCheck,
} from "../publish-target.ts";
import { answerFailure, isWebPage } from "../transfer/answer-failure.ts";
import { ConnectionPool } from "../transfer/connection-pool.ts";
import { type RetryPolicy, withRetries } from "../transfer/retry.ts";
import { send, type TransferAnswer } from "../transfer/send.ts";
import { TransferError } from "../transfer/transfer-error.ts";
import { verifiedBlocks } from "../verified-blocks.ts";
import { HttpCredentials } from "./http-credentials.ts";

export interface HttpTargetSettings extends TargetSettings {
  /** Where files are put, as a URL or a template of it. */
  readonly url: string;
  readonly retryPolicy?: RetryPolicy;
}

/** Any server that stores what is sent to it by PUT: WebDAV, Artifactory, nginx. Files are named by their hashes. */
export class HttpTarget implements PublishTarget {
  private readonly base: URL;
  private readonly publicBase: URL;
  private readonly credentials: HttpCredentials;
  private readonly pool = new ConnectionPool();
  private existing: DownloadCheck | undefined;

  /** @throws {PublishError} for settings that cannot be used, before anything is sent */
  constructor(private readonly settings: HttpTargetSettings) {
    const { url, baseUrl, environment = process.env } = settings;
    this.base = parseBaseUrl(url);
    this.publicBase = baseUrl === undefined ? this.base : parseBaseUrl(baseUrl);
    this.credentials = new HttpCredentials(environment, this.base);
  }

  close(): void {
    this.pool.close();
  }

  async store(file: PublishFile, options: PublishOptions): Promise<StoredFile> {
    const url = this.urlFrom(this.publicBase, file);
    this.existing = await this.lookUp(file, url, options);
    if (this.existing) return { url, isNew: false };
    const target = new URL(this.urlFrom(this.base, file));
    await this.put(file, target, options);
    return { url, isNew: true };
  }

  async check(
    file: PublishFile,
    { url }: StoredFile,
    options: PublishOptions,
  ): Promise<TargetCheck> {
    const { hash, size } = file;
    return this.existing ?? (await checkDownload({ url, hash, size }, this.checkOptions(options)));
  }

  private urlFrom(base: URL, { hash }: PublishFile): string {
    return publicUrl(base, { file: `${hash}.gvmi`, hash });
  }

  /** @returns undefined when the file is not there, or damaged */
  private async lookUp(
    { hash, size }: PublishFile,
    url: string,
    options: PublishOptions,
  ): Promise<DownloadCheck | undefined> {
    try {
      return await checkExisting({ url, hash, size }, { ...this.checkOptions(options), ...ONCE });
    } catch (error) {
      // Whether it is missing or out of reach is seen when it has been sent.
      if (error instanceof DownloadError) return undefined;
      throw error;
    }
  }

  private async put(file: PublishFile, url: URL, options: PublishOptions): Promise<void> {
    const { signal, onNote } = options;
    const { retryPolicy } = this.settings;
    await withRetries(() => this.putOnce(file, url, options), {
      ...(retryPolicy && { policy: retryPolicy }),
      ...(signal && { signal }),
      onRetry: (error, delayMs) =>
        onNote?.(`${error.message} Trying again in ${(delayMs / 1000).toFixed(1)} s.`),
    });
  }

  private async putOnce(file: PublishFile, url: URL, options: PublishOptions): Promise<void> {
    const { signal, onProgress } = options;
    const { stallMs } = this.settings;
    let done = 0;
    const answer = await send({
      method: "PUT",
      url,
      pool: this.pool,
      asksFirst: true,
      headers: { ...this.credentials.headers, "content-type": "application/octet-stream" },
      body: { size: file.size, read: () => verifiedBlocks(file) },
      onSent: (bytes) => {
        done += bytes;
        onProgress?.({ step: "uploading", done, total: file.size });
      },
      ...(signal && { signal }),
      ...(stallMs !== undefined && { stallMs }),
    });
    this.assertTaken(url, answer);
  }

  private assertTaken(url: URL, answer: TransferAnswer): void {
    const { status } = answer;
    const action = `${url.origin} refuses the image`;
    const redact = (text: string) => this.credentials.redact(text);
    if (status < 200 || status >= 300)
      throw this.explain(url, answerFailure(action, answer, { redact }));
    // Some servers answer a PUT with a page that says what it made; to sign in is asked with 200.
    if (status === 200 && isWebPage(answer)) {
      throw new TransferError("protocol", `${url.origin} answers the upload with a web page.`, {
        status,
        hint: "Check the address, and whether the network asks to sign in first.",
      });
    }
  }

  private explain({ origin }: URL, error: TransferError): TransferError {
    const hints: Readonly<Record<number, string>> = {
      401: "Set PUBLISH_HTTP_USER and PUBLISH_HTTP_PASSWORD, or PUBLISH_HTTP_TOKEN, and PUBLISH_HTTP_ORIGIN.",
      404: "Check the address; the folder may have to be made first.",
      405: "Nothing can be put there. Check the address, and whether the server allows PUT.",
      409: "WebDAV servers want the folder to be made first.",
    };
    const hint = hints[error.status ?? 0];
    if (hint === undefined) return error;
    return new TransferError(error.failure, error.message, {
      hint: `${hint} The server is ${origin}.`,
      ...(error.status !== undefined && { status: error.status }),
      ...(error.details !== undefined && { details: error.details }),
    });
  }

  private checkOptions(options: PublishOptions) {
    const { stallMs } = this.settings;
    return { ...options, ...(stallMs !== undefined && { stallMs }) };
  }
}

const ONCE = {
  retryPolicy: { attempts: 1, firstDelayMs: 0, longestDelayMs: 0, longestRetryAfterMs: 0 },
};
