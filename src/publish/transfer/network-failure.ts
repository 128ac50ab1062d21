import { GolemImageError } from "../../errors.ts";
import { TransferError } from "./transfer-error.ts";

interface Sent {
  readonly method: string;
  readonly url: URL;
  readonly signal?: AbortSignal;
}

/** Errors of a connection that another attempt will meet again. */
const LASTING = /^(ENOTFOUND|EPROTO|ERR_TLS|ERR_SSL|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;

/** What a failed connection means to a person; the reason of an abort and our own errors as they are. */
export function networkFailure({ method, url, signal }: Sent, error: unknown): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof GolemImageError) return error;
  const { code = "", message } = error as NodeJS.ErrnoException;
  const isLasting = LASTING.test(code);
  return new TransferError(
    "network",
    `${method} ${placeOf(url)} failed: ${reasonOf(code, message)}.`,
    {
      hint: isLasting
        ? `Check the address: ${url.origin}.`
        : `Check the network, and that ${url.origin} is up. Publish again: what has arrived is not sent again.`,
      isTransient: !isLasting,
      cause: error,
    },
  );
}

export function stallFailure({ method, url }: Sent, milliseconds: number): TransferError {
  return new TransferError(
    "stalled",
    `${method} ${placeOf(url)} stands still: nothing worth mentioning moved for ${milliseconds / 1000} s.`,
    {
      hint: `Check the network, and that ${url.origin} is well. Publish again: what has arrived is not sent again.`,
    },
  );
}

/** A URL as it can stand in a message: what follows "?" may be a secret. */
export function placeOf(url: URL): string {
  return `${url.origin}${url.pathname}`;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was reset",
  EPIPE: "the connection was closed",
  ENOTFOUND: "there is no such host",
  EAI_AGAIN: "the name of the host cannot be resolved now",
  ETIMEDOUT: "the host does not answer",
  EHOSTUNREACH: "the host cannot be reached",
  ENETUNREACH: "the network cannot be reached",
};

function reasonOf(code: string, message: string): string {
  // Several addresses that all refuse come without a message of their own.
  return REASONS[code] ?? (message || code || "the connection failed");
}
