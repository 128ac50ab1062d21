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

/** How long the beginning of an upload may still be answered once it is to end, in milliseconds. */
const LAST_ANSWER_MS = 3000;

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
  const place = `${request.method} ${request.hostname}${request.path}`;
  const ending = endingOf(request, signal);
  try {
    const result = await handler.handle(request, {
      ...given,
      ...(ending && { abortSignal: ending.signal }),
    });
    const { statusCode } = result.response;
    if (statusCode === 429 || statusCode >= 500) onNote?.(`${place}: HTTP ${statusCode}.`);
    return result;
  } catch (error) {
    if (!signal.aborted) onNote?.(`${place} failed: ${(error as Error).message}.`);
    throw error;
  } finally {
    ending?.release();
  }
}

/**
 * What ends a request that uploads; nothing for the others. What begins an upload has some time left, since an
 * upload whose name was never heard cannot be ended.
 */
function endingOf(
  { method, query = {} }: Parameters<Handle>[0],
  signal: AbortSignal,
): { readonly signal: AbortSignal; release(): void } | undefined {
  const isBeginning = method === "POST" && "uploads" in query;
  if (!isBeginning && method !== "PUT" && method !== "POST") return undefined;
  if (!isBeginning || signal.aborted) return { signal, release: () => {} };
  const ending = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => ending.abort(), LAST_ANSWER_MS);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  return {
    signal: ending.signal,
    release: () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    },
  };
}
