import { escapeControls } from "../../system/display-text.ts";
import { parseRetryAfter } from "../../system/http/retry-after.ts";
import type { TransferAnswer } from "./send.ts";
import { TransferError, type TransferFailure } from "./transfer-error.ts";

const EXCERPT_LENGTH = 500;

const FAILURES: Readonly<Record<number, readonly [TransferFailure, hint: string]>> = {
  401: ["unauthorized", "Check the credentials: they are wrong, or have expired."],
  403: ["forbidden", "The credentials are good, but not for this. Use others, or another name."],
  408: ["stalled", "The connection is too slow for the server. Publish again later."],
  409: ["conflict", "The name belongs to something else."],
  413: [
    "too-large",
    "The server takes no uploads of this size. Raise its limit, or make the image smaller.",
  ],
  425: ["server", "Publish again later."],
  429: ["rate-limited", "The server wants fewer requests. Publish again later."],
  507: ["full", "The server has no room left. Free some there, or publish elsewhere."],
};

export interface AnswerFailureOptions {
  /** Takes secrets out of what the server says, which may repeat what it was sent. */
  readonly redact?: (text: string) => string;
  /** Whether the same request may succeed later; follows from the status when absent. */
  readonly isTransient?: boolean;
  /** What to do; follows from the status when absent. */
  readonly hint?: string;
}

/**
 * What an answer means that is not the hoped-for one.
 *
 * @param action what failed, such as `The registry refuses chunk 3`
 */
export function answerFailure(
  action: string,
  { status, headers, text }: TransferAnswer,
  options: AnswerFailureOptions = {},
): TransferError {
  const { redact = (same) => same, isTransient, hint } = options;
  const retryAfterMs = parseRetryAfter(headers["retry-after"]);
  const [failure, usualHint] = classify(status, retryAfterMs);
  const excerpt = escapeControls(redact(text).trim().slice(0, EXCERPT_LENGTH));
  const wait =
    retryAfterMs === undefined ? "" : `; it asks to wait ${Math.ceil(retryAfterMs / 1000)} s`;
  const location = headers.location === undefined ? "" : ` to ${originOf(headers.location)}`;
  return new TransferError(failure, `${action}: HTTP ${status}${location}${wait}.`, {
    status,
    hint: hint ?? usualHint,
    ...(isTransient !== undefined && { isTransient }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(excerpt !== "" && { details: excerpt }),
  });
}

function classify(
  status: number,
  retryAfterMs: number | undefined,
): readonly [TransferFailure, hint: string] {
  const known = FAILURES[status];
  if (known) return known;
  if (status >= 500) {
    const failure = status === 503 && retryAfterMs !== undefined ? "rate-limited" : "server";
    return [
      failure,
      "The server has a problem. Publish again later: what has arrived is not sent again.",
    ];
  }
  if (status >= 300 && status < 400) {
    return ["redirected", "Use the address that it redirects to, if that is to be trusted."];
  }
  if (status >= 400) return ["rejected", "See what the server says."];
  return ["protocol", "Check the address: this is not how a repository answers."];
}

/** Whether an answer is a web page, as a captive portal or a proxy gives with any status. */
export function isWebPage({ headers, text }: TransferAnswer): boolean {
  return (
    /^\s*text\/html/i.test(headers["content-type"] ?? "") || /^\s*<(!doctype|html)/i.test(text)
  );
}

/** Where a redirect leads; not the whole of it, which may have secrets in it. */
function originOf(location: string): string {
  return URL.canParse(location) ? new URL(location).origin : "another path";
}
