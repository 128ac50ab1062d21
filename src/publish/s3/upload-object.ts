import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  ListPartsCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import type { PublishFile, PublishOptions } from "../publish-target.ts";
import { waitFor } from "../transfer/retry.ts";
import { verifiedBlocks } from "../verified-blocks.ts";

/** Parts that are in memory and on their way at once. */
const PARALLEL_PARTS = 4;

/** S3 has room for 10,000 parts, and some servers for fewer. */
const MOST_PARTS = 9000;

/** How long cleaning up may take, in milliseconds. */
const CLEAN_UP_MS = 20_000;

const CLEAN_UP_ROUNDS = 6;

/** How often a part is sent at most that arrives damaged. */
const DAMAGED_ATTEMPTS = 4;

export interface ObjectUpload {
  readonly client: S3Client;
  /** Ends what the client sends; nothing of it may be going on when parts are removed. */
  readonly ending: AbortController;
  readonly object: Pick<PutObjectCommandInput, "Bucket" | "Key"> &
    Omit<PutObjectCommandInput, "Body">;
  readonly partBytes: number;
}

/** Bytes of each part of a file, so that there are not too many. */
export function partBytesOf(size: number, least: number): number {
  return Math.max(least, Math.ceil(size / MOST_PARTS));
}

/**
 * Stores a file as an object: in one request when it is small, else in parts. The object is there when all of
 * it is, and is what was hashed before.
 *
 * @throws what failed first; no parts are left then
 */
export async function uploadObject(
  { client, ending, object, partBytes }: ObjectUpload,
  file: PublishFile,
  { signal, onProgress, onNote }: PublishOptions,
): Promise<void> {
  let uploadId: string | undefined;
  let failure: { readonly error: unknown } | undefined;
  client.middlewareStack.add(
    (next, context) => async (request) => {
      try {
        const result = await repeatDamaged(() => next(request));
        if (context.commandName === "CreateMultipartUploadCommand") {
          uploadId = (result.output as { UploadId?: string }).UploadId;
        }
        return result;
      } catch (error) {
        // The other parts would else be sent to their end.
        failure ??= { error };
        ending.abort();
        throw error;
      }
    },
    { step: "initialize", name: "endOnFailure", override: true },
  );
  const upload = new Upload({
    client,
    params: { ...object, Body: Readable.from(verifiedBlocks(file), { objectMode: false }) },
    queueSize: PARALLEL_PARTS,
    partSize: partBytes,
    leavePartsOnError: true,
  });
  const { size: total } = file;
  upload.on("httpUploadProgress", ({ loaded = 0 }) => {
    onProgress?.({ step: "uploading", done: Math.min(loaded, total), total });
  });
  const onAbort = () => ending.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    await upload.done();
  } catch (error) {
    ending.abort();
    client.middlewareStack.remove("endOnFailure");
    if (uploadId !== undefined) {
      const isClean = await removeParts(client, object, uploadId);
      if (!isClean) {
        onNote?.(`Parts of the upload ${uploadId} may be left in the bucket ${object.Bucket}.`);
      }
    }
    throw failure?.error ?? error;
  } finally {
    signal?.removeEventListener("abort", onAbort);
    client.middlewareStack.remove("endOnFailure");
  }
}

/** What servers say of a request whose bytes are not those that its checksum is of. */
const DAMAGED = /^(BadDigest|XAmzContentSHA256Mismatch|XAmzContentChecksumMismatch)$/;

/** Sends again what was damaged on its way, which the SDK takes for a mistake of its own. */
async function repeatDamaged<T>(send: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (attempt >= DAMAGED_ATTEMPTS || !DAMAGED.test((error as Error).name)) throw error;
    }
  }
}

/**
 * Ends an upload. What was on its way may arrive afterwards, so it is repeated until the upload is gone, as
 * the documentation of AbortMultipartUpload asks.
 *
 * @returns whether it is
 */
async function removeParts(
  client: S3Client,
  { Bucket, Key }: ObjectUpload["object"],
  UploadId: string,
): Promise<boolean> {
  const abortSignal = AbortSignal.timeout(CLEAN_UP_MS);
  const upload = { Bucket, Key, UploadId };
  for (let round = 0; round < CLEAN_UP_ROUNDS; round++) {
    try {
      await client.send(new AbortMultipartUploadCommand(upload), { abortSignal });
      await client.send(new ListPartsCommand(upload), { abortSignal });
    } catch (error) {
      if ((error as Error).name === "NoSuchUpload") return true;
      if (abortSignal.aborted) return false;
    }
    await waitFor(200 * 2 ** round, undefined);
  }
  return false;
}
