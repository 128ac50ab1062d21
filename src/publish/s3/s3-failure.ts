import { GolemImageError } from "../../errors.ts";
import { escapeControls } from "../../system/display-text.ts";
import { networkFailure } from "../transfer/network-failure.ts";
import { TransferError, type TransferFailure } from "../transfer/transfer-error.ts";

/** Error codes of S3, and of the SDK itself. */
const FAILURES: Readonly<Record<string, readonly [TransferFailure, hint: string]>> = {
  NoSuchBucket: ["rejected", "Create the bucket first, or check its name and AWS_ENDPOINT_URL_S3."],
  PermanentRedirect: ["redirected", "The bucket is in another region. Set AWS_REGION."],
  AuthorizationHeaderMalformed: ["rejected", "The bucket is in another region. Set AWS_REGION."],
  InvalidAccessKeyId: ["unauthorized", "Check AWS_ACCESS_KEY_ID."],
  SignatureDoesNotMatch: ["unauthorized", "Check AWS_SECRET_ACCESS_KEY, and the region."],
  ExpiredToken: ["unauthorized", "Sign in again."],
  AccessDenied: [
    "forbidden",
    "Allow these credentials to read and write objects there, and to abort uploads.",
  ],
  Forbidden: ["forbidden", "Allow these credentials to read and write objects there."],
  EntityTooLarge: ["too-large", "The server takes no objects of this size."],
  QuotaExceeded: ["full", "Free some space there, or publish elsewhere."],
  SlowDown: ["rate-limited", "The server wants fewer requests. Publish again later."],
  RequestTimeTooSkewed: ["rejected", "Set the clock of this machine."],
  CredentialsProviderError: [
    "unauthorized",
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or sign in with the tools of your provider.",
  ],
  TimeoutError: ["stalled", "Check the network, and publish again."],
};

interface SdkError extends Error {
  readonly Code?: string;
  readonly code?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/**
 * A failure of the SDK as a person can use it; aborts and our own errors as they are. The SDK's error is not
 * its cause, as that has the whole request in it.
 *
 * @param action what failed, such as `Cannot publish to the bucket images`
 * @param server for failures of the network
 */
export function s3Failure(
  action: string,
  server: URL,
  error: unknown,
  signal: AbortSignal | undefined,
): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof GolemImageError || !(error instanceof Error)) return error;
  const { name, code, message, $metadata } = error as SdkError;
  const status = $metadata?.httpStatusCode;
  const known = FAILURES[name];
  const text = escapeControls(message.slice(0, 300)).replace(/\.$/, "");
  const place = `${action} at ${server.origin}`;
  if (known) {
    return new TransferError(known[0], `${place}: ${name}: ${text}.`, {
      hint: known[1],
      ...(status !== undefined && { status }),
    });
  }
  if (status === undefined || code !== undefined) {
    return networkFailure({ method: "S3", url: server, ...(signal && { signal }) }, error);
  }
  const [failure, hint] = classify(status);
  return new TransferError(failure, `${place}: HTTP ${status}: ${name}: ${text}.`, {
    hint,
    status,
  });
}

function classify(status: number): readonly [TransferFailure, hint: string] {
  if (status === 401) return ["unauthorized", "Check the credentials."];
  if (status === 403) return ["forbidden", "The credentials are not good for this bucket."];
  if (status === 413) return ["too-large", "The server takes no objects of this size."];
  if (status === 429) return ["rate-limited", "Publish again later."];
  if (status >= 500) return ["server", "The server has a problem. Publish again later."];
  if (status >= 400) return ["rejected", "See what the server says."];
  // The SDK could not read an answer that claims to be a success.
  return ["protocol", "Check AWS_ENDPOINT_URL_S3: this is not how S3 answers."];
}
