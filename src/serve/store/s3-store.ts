import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { BucketPlace } from "../../publish/s3/bucket-name.ts";
import { connectToS3 } from "../../publish/s3/s3-connection.ts";
import { s3Failure } from "../../publish/s3/s3-failure.ts";
import { readS3Access } from "../../publish/s3/s3-settings.ts";
import { TransferError, type TransferFailure } from "../../publish/transfer/transfer-error.ts";
import {
  assertKey,
  type ByteRange,
  NoRoomError,
  type ObjectStore,
  type StoredObject,
} from "./object-store.ts";

/** Two of them of each chunk that comes are in memory. */
const PART_BYTES = 8 * 1024 ** 2;
const STALL_MS = 30_000;
const ATTEMPTS = 4;

/** Objects of an S3-compatible server, so that several instances can stand behind a load balancer. */
export class S3Store implements ObjectStore {
  private constructor(
    private readonly client: S3Client,
    private readonly closing: AbortController,
    private readonly place: BucketPlace,
  ) {}

  /**
   * @param environment has Amazon's variables, such as `AWS_ENDPOINT_URL_S3` and `AWS_ACCESS_KEY_ID`
   * @throws {PublishError} when the bucket cannot be reached
   */
  static async open(place: BucketPlace, environment: NodeJS.ProcessEnv): Promise<S3Store> {
    const access = readS3Access(environment);
    const closing = new AbortController();
    const client = connectToS3(access, {
      stallMs: STALL_MS,
      attempts: ATTEMPTS,
      partBytes: PART_BYTES,
      signal: closing.signal,
    });
    try {
      await client.send(new HeadBucketCommand({ Bucket: place.bucket }));
    } catch (error) {
      client.destroy();
      const server = access.endpoint ?? new URL("https://s3.amazonaws.com");
      const action = `Cannot keep images in the bucket ${place.bucket}`;
      throw asServed(s3Failure(action, server, error, undefined), server);
    }
    return new S3Store(client, closing, place);
  }

  async stat(key: string): Promise<StoredObject | undefined> {
    try {
      const found = await this.client.send(new HeadObjectCommand(this.object(key)));
      const { ContentLength: size = 0, LastModified: modified = new Date(0) } = found;
      return { key, size, modified };
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  async *read(key: string, range?: ByteRange): AsyncIterable<Uint8Array> {
    const Range = range && `bytes=${range.start}-${range.end}`;
    const found = await this.client.send(
      new GetObjectCommand({ ...this.object(key), ...(Range && { Range }) }),
    );
    const expected = range ? range.end - range.start + 1 : found.ContentLength;
    let size = 0;
    for await (const block of found.Body as AsyncIterable<Uint8Array>) {
      size += block.length;
      yield block;
    }
    if (expected !== undefined && size !== expected) throw new Error(`${key} ended early.`);
  }

  async write(key: string, content: AsyncIterable<Uint8Array>, size: number): Promise<void> {
    const upload = new Upload({
      client: this.client,
      params: {
        ...this.object(key),
        Body: Readable.from(ofSize(content, size, key), { objectMode: false }),
      },
      partSize: PART_BYTES,
      queueSize: 1,
    });
    try {
      await upload.done();
    } catch (error) {
      const { name } = error as Error;
      const isFull = name === "QuotaExceeded" || statusOf(error) === 507;
      throw isFull ? new NoRoomError("The bucket is full.", { cause: error }) : error;
    }
  }

  async *list(prefix: string): AsyncIterable<StoredObject> {
    const { bucket: Bucket, prefix: folder } = this.place;
    let next: string | undefined;
    do {
      const page = await this.client.send(
        new ListObjectsV2Command({
          Bucket,
          Prefix: folder + prefix,
          ...(next !== undefined && { ContinuationToken: next }),
        }),
      );
      for (const { Key = "", Size = 0, LastModified = new Date(0) } of page.Contents ?? []) {
        yield { key: Key.slice(folder.length), size: Size, modified: LastModified };
      }
      next = page.IsTruncated ? page.NextContinuationToken : undefined;
    } while (next !== undefined);
  }

  async remove(key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand(this.object(key)));
  }

  close(): void {
    this.closing.abort();
    this.client.destroy();
  }

  private object(key: string) {
    assertKey(key);
    return { Bucket: this.place.bucket, Key: this.place.prefix + key };
  }
}

/** What passes by itself, where the hints for publishing are those of somebody else. */
const PASSING: ReadonlySet<TransferFailure> = new Set([
  "network",
  "stalled",
  "rate-limited",
  "server",
]);

/** A failure with what the one who serves images can do about it. */
function asServed(error: unknown, { origin }: URL): unknown {
  if (!(error instanceof TransferError) || !PASSING.has(error.failure)) return error;
  return new TransferError(error.failure, error.message, {
    hint: `Check AWS_ENDPOINT_URL_S3 and the network, and that ${origin} is up. Then serve again.`,
    ...(error.status !== undefined && { status: error.status }),
    cause: error,
  });
}

/** An object of another size must not get its name. */
async function* ofSize(content: AsyncIterable<Uint8Array>, size: number, key: string) {
  let seen = 0;
  for await (const block of content) {
    seen += block.length;
    yield block;
  }
  if (seen !== size) throw new Error(`${key} has ${seen} bytes instead of ${size}.`);
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}
