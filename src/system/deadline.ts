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
