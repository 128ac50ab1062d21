/**
 * Runs `body` with a signal that is aborted when `parent` is, or after `milliseconds`, then with the error
 * that `makeError` gives. `body` is expected to end by throwing the signal's reason.
 */
export async function withDeadline<T>(
  milliseconds: number,
  parent: AbortSignal | undefined,
  makeError: () => Error,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(makeError()), milliseconds);
  const signal = parent ? AbortSignal.any([parent, controller.signal]) : controller.signal;
  try {
    signal.throwIfAborted();
    return await body(signal);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for `promise`, but throws the signal's reason as soon as it is aborted. */
export async function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let onAbort = () => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
