import {
  backOffDelay,
  DEFAULT_RETRY_POLICY,
  type RetryPolicy,
  withRetries,
} from "../../../src/publish/transfer/retry.ts";
import { TransferError } from "../../../src/publish/transfer/transfer-error.ts";
import { parseRetryAfter } from "../../../src/system/http/retry-after.ts";

const policy: RetryPolicy = {
  attempts: 4,
  firstDelayMs: 1,
  longestDelayMs: 4,
  longestRetryAfterMs: 1000,
};

/** Fails as it is told, then works; counts the attempts. */
function failing(...errors: Error[]) {
  let attempts = 0;
  const attempt = async () => {
    const error = errors[attempts];
    attempts += 1;
    if (error) throw error;
    return "done";
  };
  return { attempt, attempts: () => attempts };
}

const lost = () => new TransferError("network", "lost");

describe("withRetries", () => {
  test("repeats what fails for a passing reason, and tells so", async () => {
    const work = failing(lost(), new TransferError("server", "busy"));
    const told: string[] = [];
    const onRetry = (error: TransferError) => told.push(error.failure);
    expect(await withRetries(work.attempt, { policy, onRetry })).toBe("done");
    expect(told).toEqual(["network", "server"]);
  });

  test("gives up with the last error", async () => {
    const last = lost();
    const work = failing(lost(), lost(), lost(), last, lost());
    await expect(withRetries(work.attempt, { policy })).rejects.toBe(last);
    expect(work.attempts()).toBe(4);
  });

  test.each([
    new TransferError("unauthorized", "no"),
    new TransferError("too-large", "no"),
    new TransferError("network", "no such host", { isTransient: false }),
    new Error("a bug"),
    new TransferError("rate-limited", "tomorrow", { retryAfterMs: 1001 }),
  ])("does not repeat what will not pass: $message", async (error) => {
    const work = failing(error);
    await expect(withRetries(work.attempt, { policy })).rejects.toBe(error);
    expect(work.attempts()).toBe(1);
  });

  test("waits as long as the server asks, not as long as it would itself", async () => {
    const work = failing(new TransferError("rate-limited", "later", { retryAfterMs: 300 }));
    const started = performance.now();
    await withRetries(work.attempt, { policy });
    // Timers may be a millisecond early.
    expect(performance.now() - started).toBeGreaterThanOrEqual(299);
  });

  test("waits as long as it would itself when the server asks for nothing, or its clock is behind", async () => {
    const delays: number[] = [];
    await withRetries(
      failing(new TransferError("rate-limited", "now", { retryAfterMs: 0 })).attempt,
      {
        policy,
        onRetry: (_error, delayMs) => delays.push(delayMs),
        random: () => 0,
      },
    );
    expect(delays).toEqual([backOffDelay(1, policy, () => 0)]);
    expect(delays[0]).toBeGreaterThan(0);
  });

  test("an abort ends the wait with its reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const work = failing(new TransferError("rate-limited", "later", { retryAfterMs: 1000 }));
    const waiting = withRetries(work.attempt, {
      policy,
      signal: controller.signal,
      onRetry: () => setImmediate(() => controller.abort(reason)),
    });
    await expect(waiting).rejects.toBe(reason);
    expect(work.attempts()).toBe(1);
  });
});

test("waits double up to a limit, and are half random", () => {
  const delays = (random: number) =>
    [1, 2, 3, 4, 20].map((failed) => backOffDelay(failed, DEFAULT_RETRY_POLICY, () => random));
  expect(delays(0)).toEqual([250, 500, 1000, 2000, 10_000]);
  expect(delays(0.5)).toEqual([375, 750, 1500, 3000, 15_000]);
});

describe("Retry-After", () => {
  const now = Date.UTC(1994, 10, 6, 8, 49, 30);

  test.each([
    ["0", 0],
    ["120", 120_000],
    [" 7 ", 7000],
    ["Sun, 06 Nov 1994 08:49:37 GMT", 7000],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 7000],
    ["Sun Nov  6 08:49:37 1994", 7000],
    ["Sun, 06 Nov 1994 08:49:00 GMT", 0],
  ])("%j is %d ms", (header, milliseconds) => {
    expect(parseRetryAfter(header, now)).toBe(milliseconds);
  });

  test.each([undefined, "", "-1", "1.5", "soon", "Sun, 99 Nov", "9".repeat(20)])(
    "%j is nothing",
    (header) => {
      expect(parseRetryAfter(header, now)).toBeUndefined();
    },
  );
});
