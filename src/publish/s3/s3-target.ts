import { HeadObjectCommand, type S3Client } from "@aws-sdk/client-s3";
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
import { DEFAULT_STALL_MS } from "../transfer/send.ts";
import { TransferError } from "../transfer/transfer-error.ts";
import { connectToS3 } from "./s3-connection.ts";
import { s3Failure } from "./s3-failure.ts";
import { readS3Access, type S3Access } from "./s3-settings.ts";
import { partBytesOf, uploadObject } from "./upload-object.ts";

/** Four of them are in memory at once. */
const PART_BYTES = 8 * 1024 * 1024;
const ATTEMPTS = 6;

/** The name says what the bytes are, so that no cache has to ask again. */
const CACHE_CONTROL = "public, max-age=31536000, immutable";

export interface S3TargetSettings extends TargetSettings {
  readonly bucket: string;
  /** Folders in the bucket, with `/` between and behind them; empty for none. */
  readonly prefix: string;
  /** Bytes of each part; at least 5 MiB. */
  readonly partBytes?: number;
  /** How often each request is sent at most. */
  readonly attempts?: number;
}

/** A bucket of Amazon S3, or of any server that speaks its protocol. Objects are named by their hashes. */
export class S3Target implements PublishTarget {
  private readonly access: S3Access;
  private readonly baseUrl: URL | undefined;
  private readonly ending = new AbortController();
  private client: S3Client | undefined;
  private existing: DownloadCheck | undefined;

  /** @throws {PublishError} for settings that cannot be used, before anything is sent */
  constructor(private readonly settings: S3TargetSettings) {
    const { baseUrl, environment = process.env } = settings;
    this.access = readS3Access(environment);
    this.baseUrl = baseUrl === undefined ? undefined : parseBaseUrl(baseUrl);
  }

  close(): void {
    this.client?.destroy();
  }

  async store(file: PublishFile, options: PublishOptions): Promise<StoredFile> {
    const { bucket, stallMs = DEFAULT_STALL_MS, attempts = ATTEMPTS } = this.settings;
    const partBytes = partBytesOf(file.size, this.settings.partBytes ?? PART_BYTES);
    const { signal: ending } = this.ending;
    this.client = connectToS3(this.access, {
      ...{ stallMs, attempts, partBytes, signal: ending },
      ...(options.onNote && { onNote: options.onNote }),
    });
    const server = await this.serverUrl(this.client);
    try {
      const url = this.urlOf(file, server);
      const present = await this.describeObject(this.client, file, options);
      if (present?.size === file.size) {
        this.existing = await checkExisting(this.downloadOf(file, url), this.checkOptions(options));
        if (this.existing) return { url, isNew: false };
      }
      await this.upload(this.client, partBytes, file, options);
      return { url, isNew: true };
    } catch (error) {
      const action = `Cannot publish to the bucket ${bucket}`;
      throw explainRefusal(s3Failure(action, server, error, options.signal));
    }
  }

  private async upload(
    client: S3Client,
    partBytes: number,
    file: PublishFile,
    options: PublishOptions,
  ): Promise<void> {
    const object = {
      ...this.place(file),
      ContentType: "application/octet-stream",
      CacheControl: CACHE_CONTROL,
      Metadata: { "image-hash": file.hash, sha256: file.sha256 },
    };
    const { ending } = this;
    try {
      await uploadObject({ client, ending, partBytes, object }, file, options);
    } catch (error) {
      // The answer to the last request may have been lost, and the server knows nothing of a repeated one.
      if ((error as Error).name !== "NoSuchUpload") throw error;
      const found = await this.describeObject(client, file, options);
      if (found?.size !== file.size || found.sha256 !== file.sha256) throw error;
    }
    await this.assertStored(client, file, options);
  }

  async check(
    file: PublishFile,
    { url }: StoredFile,
    options: PublishOptions,
  ): Promise<TargetCheck> {
    if (this.existing) return this.existing;
    try {
      return await checkDownload(this.downloadOf(file, url), this.checkOptions(options));
    } catch (error) {
      throw explainRefusal(error);
    }
  }

  private place(file: PublishFile) {
    return { Bucket: this.settings.bucket, Key: `${this.settings.prefix}${file.hash}.gvmi` };
  }

  /** What the server says of the object; undefined when there is none that it would tell of. */
  private async describeObject(
    client: S3Client,
    file: PublishFile,
    { signal }: PublishOptions,
  ): Promise<{ size: number | undefined; sha256: string | undefined } | undefined> {
    try {
      const command = new HeadObjectCommand(this.place(file));
      const { ContentLength, Metadata } = await client.send(command, {
        ...(signal && { abortSignal: signal }),
      });
      return { size: ContentLength, sha256: Metadata?.sha256 };
    } catch (error) {
      const { $metadata } = error as { $metadata?: { httpStatusCode?: number } };
      // Who may not list a bucket is told 403 for what is not there.
      if ($metadata?.httpStatusCode === 404 || $metadata?.httpStatusCode === 403) return undefined;
      throw error;
    }
  }

  /** @throws {TransferError} `incomplete`, when the server took the upload and has another object, or none */
  private async assertStored(
    client: S3Client,
    file: PublishFile,
    options: PublishOptions,
  ): Promise<void> {
    const { size } = (await this.describeObject(client, file, options)) ?? {};
    // Undefined where these credentials may only write; the download is checked as well.
    if (size === undefined || size === file.size) return;
    throw new TransferError(
      "incomplete",
      `The bucket ${this.settings.bucket} took ${file.size} bytes, and has ${size} of them.`,
      { hint: "Publish again; if it stays so, tell the operator of the server." },
    );
  }

  private async serverUrl(client: S3Client): Promise<URL> {
    if (this.access.endpoint) return this.access.endpoint;
    const region = await client.config.region().catch(() => {
      throw new TransferError("rejected", "The region of the bucket is not known.", {
        hint: "Set AWS_REGION, or AWS_ENDPOINT_URL_S3 for a server that is not Amazon's.",
      });
    });
    return new URL(`https://s3.${region}.amazonaws.com/`);
  }

  private urlOf(file: PublishFile, server: URL): string {
    const { Bucket, Key } = this.place(file);
    const { hash } = file;
    if (this.baseUrl) return publicUrl(this.baseUrl, { file: `${hash}.gvmi`, hash, key: Key });
    if (this.access.endpoint) {
      const base = server.href.replace(/\/?$/, "/");
      return new URL(`${encodeURIComponent(Bucket)}/${encodeURI(Key)}`, base).href;
    }
    return `https://${Bucket}.${server.host}/${encodeURI(Key)}`;
  }

  private downloadOf({ hash, size }: PublishFile, url: string) {
    return { url, hash, size };
  }

  private checkOptions(options: PublishOptions) {
    const { stallMs } = this.settings;
    return { ...options, ...(stallMs !== undefined && { stallMs }) };
  }
}

function explainRefusal(error: unknown): unknown {
  if (!(error instanceof DownloadError) || error.problem !== "refused") return error;
  return new DownloadError("refused", error.message, {
    hint: "The object is there, but not for everyone. Let the bucket's policy allow s3:GetObject to all, or set --url (publish.url) to where it is public.",
    cause: error,
  });
}
