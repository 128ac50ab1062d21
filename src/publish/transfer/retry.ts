import { setTimeout as wait } from "node:timers/promises";
import { TransferError } from "./transfer-error.ts";

export interface RetryPolicy {
  /** How often something is tried at most, the first time included. */
  readonly attempts: number;
  /** Milliseconds before the second attempt; doubled before each further one. */
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** A server that asks to wait longer (Retry-After) has failed. */
  readonly longestRetryAfterMs: number;
}

export const DEFAULT_RETRY_POLICY: RetryPolicy = {
  attempts: 6,
  firstDelayMs: 500,
  longestDelayMs: 20_000,
  longestRetryAfterMs: 5 * 60_000,
};

export interface RetryOptions {
  readonly policy?: RetryPolicy;
  readonly signal?: AbortSignal;
  /** Called before each wait. */
  readonly onRetry?: (error: TransferError, delayMs: number) => void;
  /** 0 to 1, exclusive. */
  readonly random?: () => number;
}

/**
 * Repeats what failed for a passing reason, after a wait that doubles each time and is in part random, so
 * that many clients do not come back at once. A server that says how long to wait is obeyed.
 *
 * @param attempt is given the number of the attempt, from 1
 * @throws {TransferError} the last one, when the attempts are used up, it will not pass, or the server asks
 *   to wait for too long
 * @throws the abort reason
 */
export async function withRetries<T>(
  attempt: (number: number) => Promise<T>,
  options: RetryOptions = {},
): Promise<T> {
  const { policy = DEFAULT_RETRY_POLICY, signal, onRetry, random = Math.random } = options;
  for (let number = 1; ; number++) {
    signal?.throwIfAborted();
    try {
      return await attempt(number);
    } catch (error) {
      if (!(error instanceof TransferError) || !error.isTransient) throw error;
      if (number >= policy.attempts) throw error;
      if ((error.retryAfterMs ?? 0) > policy.longestRetryAfterMs) throw error;
      // A server that asks for no wait, or whose clock is behind, gets one all the same.
      const delayMs = Math.max(error.retryAfterMs ?? 0, backOffDelay(number, policy, random));
      onRetry?.(error, delayMs);
      await waitFor(delayMs, signal);
    }
  }
}

/** Half of it fixed, so that the wait is never none, and half random. */
export function backOffDelay(
  failedAttempts: number,
  { firstDelayMs, longestDelayMs }: RetryPolicy,
  random: () => number = Math.random,
): number {
  const full = Math.min(longestDelayMs, firstDelayMs * 2 ** (failedAttempts - 1));
  return Math.round(full * (0.5 + random() / 2));
}

/** @throws the abort reason */
export async function waitFor(
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await wait(milliseconds, undefined, { ...(signal && { signal }) });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}
