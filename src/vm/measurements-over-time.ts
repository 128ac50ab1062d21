import { setTimeout as delay } from "node:timers/promises";

/** A look may take this share of the time between looks, so that looking changes little of what is looked at. */
const LARGEST_SHARE = 0.1;
/** Looks are never further apart than so many intervals. */
const MAX_INTERVALS = 4;

/**
 * Looks again and again while `body` runs. It is not waited for a look that is under way when `body` ends: that one
 * is aborted.
 *
 * @param intervalMs between looks; more when one takes long
 * @param look is not called again when it has thrown: what is wrong with the VM is what `body` will meet
 */
export async function lookWhile<T>(
  intervalMs: number,
  look: (signal: AbortSignal) => Promise<void>,
  body: () => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const looking = keepLooking(intervalMs, look, stop.signal).catch(() => {});
  try {
    return await body();
  } finally {
    stop.abort();
    await looking;
  }
}

async function keepLooking(
  intervalMs: number,
  look: (signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  let waitMs = intervalMs;
  for (;;) {
    await delay(waitMs, undefined, { signal });
    const started = performance.now();
    await look(signal);
    const wanted = (performance.now() - started) / LARGEST_SHARE;
    waitMs = Math.min(Math.max(intervalMs, wanted), MAX_INTERVALS * intervalMs);
  }
}
