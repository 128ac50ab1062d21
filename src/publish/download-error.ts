import { type FailureContext, PublishError } from "../errors.ts";

/**
 * Why a provider would not get an image:
 * - `unreachable`: no connection, or it broke
 * - `stalled`: nothing arrived for too long
 * - `refused`: another status than 200
 * - `head-refused`: GET works and HEAD does not, as with pre-signed URLs
 * - `redirects`: too many, or to where no provider can go
 * - `web-page`: an error page, or one to sign in, stands where the image should
 * - `too-short`, `too-long`: of what the server said, or of the image
 * - `other-length`: the server says so itself, before the download
 * - `other-hash`: of the whole file
 */
export type DownloadProblem =
  | "unreachable"
  | "stalled"
  | "refused"
  | "head-refused"
  | "redirects"
  | "web-page"
  | "too-short"
  | "too-long"
  | "other-length"
  | "other-hash";

export interface DownloadErrorContext extends FailureContext {
  /** Whether the same request may succeed later; follows from the problem when absent. */
  readonly isTransient?: boolean;
  /** Milliseconds that the server asks to wait before the next request. */
  readonly retryAfterMs?: number | undefined;
}

const TRANSIENT: ReadonlySet<DownloadProblem> = new Set(["unreachable", "stalled", "too-short"]);

/** Bytes that are there, but are not those of the image. */
const WRONG_BYTES: ReadonlySet<DownloadProblem> = new Set([
  "web-page",
  "too-short",
  "too-long",
  "other-length",
  "other-hash",
]);

/** A download that failed as a provider's would, with its cause as data. */
export class DownloadError extends PublishError {
  readonly isTransient: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(
    readonly problem: DownloadProblem,
    message: string,
    context: DownloadErrorContext = {},
  ) {
    super(message, context);
    this.retryAfterMs = context.retryAfterMs;
    this.isTransient = context.isTransient ?? TRANSIENT.has(problem);
  }

  /** Whether other bytes than the image's are there, so that storing the image again would help. */
  get hasWrongBytes(): boolean {
    return WRONG_BYTES.has(this.problem);
  }
}
