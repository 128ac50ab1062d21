import { type FailureContext, PublishError } from "../../errors.ts";

/**
 * Why a transfer failed:
 * - `network`: no connection, or it broke
 * - `stalled`: nothing moved for too long
 * - `rate-limited`: 429, or 503 with Retry-After
 * - `server`: the server failed (5xx)
 * - `unauthorized`: the credentials are wrong or have expired (401)
 * - `forbidden`: the credentials are good, but not for this (403)
 * - `too-large`: the server takes no files of this size (413)
 * - `full`: the server has no room (507)
 * - `rejected`: the server refuses the request for another reason (4xx)
 * - `redirected`: the server sends the request elsewhere, where it is not repeated
 * - `protocol`: the answer is not one of a repository, such as a web page
 * - `incomplete`: the server said that it took the bytes, and does not have them
 * - `changed`: the file changed while it was sent
 * - `conflict`: a name belongs to another image
 * - `insecure`: credentials would travel unencrypted
 */
export type TransferFailure =
  | "network"
  | "stalled"
  | "rate-limited"
  | "server"
  | "unauthorized"
  | "forbidden"
  | "too-large"
  | "full"
  | "rejected"
  | "redirected"
  | "protocol"
  | "incomplete"
  | "changed"
  | "conflict"
  | "insecure";

const TRANSIENT: ReadonlySet<TransferFailure> = new Set([
  "network",
  "stalled",
  "rate-limited",
  "server",
]);

export interface TransferErrorContext extends FailureContext {
  /** The HTTP status, when there was one. */
  readonly status?: number;
  /** How long the server asks to wait, in milliseconds. */
  readonly retryAfterMs?: number;
  /** Whether the same request may succeed later; follows from the failure when absent. */
  readonly isTransient?: boolean;
}

/** A transfer to or from a repository that failed, with its cause as data. */
export class TransferError extends PublishError {
  readonly status: number | undefined;
  readonly retryAfterMs: number | undefined;
  /** Whether the same request may succeed later. */
  readonly isTransient: boolean;

  constructor(
    readonly failure: TransferFailure,
    message: string,
    context: TransferErrorContext = {},
  ) {
    super(message, context);
    this.status = context.status;
    this.retryAfterMs = context.retryAfterMs;
    this.isTransient = context.isTransient ?? TRANSIENT.has(failure);
  }
}
