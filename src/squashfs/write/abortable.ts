/**
 * What `source` delivers, until the signal is aborted: then the abort reason is thrown at once, even while
 * the source is still busy with its next value.
 */
export async function* abortable<T>(
  source: AsyncIterable<T> | Iterable<T>,
  signal: AbortSignal,
): AsyncGenerator<T> {
  const iterator = iterate(source);
  let interrupt: ((reason: unknown) => void) | undefined;
  const onAbort = () => interrupt?.(signal.reason);
  signal.addEventListener("abort", onAbort);
  let state: "waiting" | "busy" | "ended" = "waiting";
  try {
    for (;;) {
      signal.throwIfAborted();
      state = "busy";
      const result = await new Promise<IteratorResult<T>>((resolve, reject) => {
        interrupt = reject;
        Promise.resolve(iterator.next()).then(resolve, (error) => {
          state = "ended";
          reject(error);
        });
      });
      state = result.done ? "ended" : "waiting";
      if (result.done) return;
      yield result.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    if (state !== "ended") {
      const returned = Promise.resolve(iterator.return?.());
      // A busy source ends when it is no longer; its failures after the abort say nothing new.
      if (state === "busy") returned.catch(() => {});
      else await returned;
    }
  }
}

function iterate<T>(source: AsyncIterable<T> | Iterable<T>): AsyncIterator<T> | Iterator<T> {
  return Symbol.asyncIterator in source
    ? source[Symbol.asyncIterator]()
    : source[Symbol.iterator]();
}
