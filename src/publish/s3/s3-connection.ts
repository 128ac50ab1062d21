import { S3Client } from "@aws-sdk/client-s3";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import type { S3Access } from "./s3-settings.ts";

export interface S3ConnectionOptions {
  /** Milliseconds in which a request may stand still. */
  readonly stallMs: number;
  /** How often a request is sent at most. */
  readonly attempts: number;
  /** Bytes of the largest request. */
  readonly partBytes: number;
  /** Ends what is being sent. */
  readonly signal: AbortSignal;
  readonly onNote?: (text: string) => void;
}

type Handle = NodeHttpHandler["handle"];

/** Bytes per second below which a request is as good as stalled. */
const SLOWEST_RATE = 8 * 1024;

/** A client whose uploads end at once when a signal says so, which those of lib-storage alone do not. */
export function connectToS3({ config }: S3Access, options: S3ConnectionOptions): S3Client {
  const { stallMs, partBytes } = options;
  const handler = new NodeHttpHandler({
    connectionTimeout: stallMs,
    socketTimeout: stallMs,
    requestTimeout: stallMs + Math.ceil(partBytes / SLOWEST_RATE) * 1000,
    throwOnRequestTimeout: true,
  });
  // Whoever runs this program cannot exchange the SDK in it.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";
  return new S3Client({
    ...config,
    maxAttempts: options.attempts,
    retryMode: "standard",
    requestHandler: {
      handle: (request: Parameters<Handle>[0], given: Parameters<Handle>[1]) =>
        handle(handler, options, request, given),
      destroy: () => handler.destroy(),
    },
  });
}

async function handle(
  handler: NodeHttpHandler,
  { signal, onNote }: S3ConnectionOptions,
  request: Parameters<Handle>[0],
  given: Parameters<Handle>[1],
): ReturnType<Handle> {
  // What begins an upload has to be answered, so that the upload can be ended; so has what ends it.
  const isUploading = request.method === "PUT" || "uploadId" in (request.query ?? {});
  const isEndable = isUploading && request.method !== "DELETE" && request.method !== "GET";
  const place = `${request.method} ${request.hostname}${request.path}`;
  try {
    const result = await handler.handle(request, {
      ...given,
      ...(isEndable && { abortSignal: signal }),
    });
    const { statusCode } = result.response;
    if (statusCode === 429 || statusCode >= 500) onNote?.(`${place}: HTTP ${statusCode}.`);
    return result;
  } catch (error) {
    if (!signal.aborted) onNote?.(`${place} failed: ${(error as Error).message}.`);
    throw error;
  }
}
