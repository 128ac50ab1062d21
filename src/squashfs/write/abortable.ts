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
  let isAtEnd = false;
  try {
    for (;;) {
      signal.throwIfAborted();
      const result = await new Promise<IteratorResult<T>>((resolve, reject) => {
        interrupt = reject;
        Promise.resolve(iterator.next()).then(resolve, (error) => {
          isAtEnd = true;
          reject(error);
        });
      });
      if (result.done) {
        isAtEnd = true;
        return;
      }
      yield result.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    if (!isAtEnd) {
      const returned = iterator.return?.();
      // A source that is busy ends when it is no longer; its failures after the abort say nothing new.
      if (signal.aborted) Promise.resolve(returned).catch(() => {});
      else await returned;
    }
  }
}

function iterate<T>(source: AsyncIterable<T> | Iterable<T>): AsyncIterator<T> | Iterator<T> {
  return Symbol.asyncIterator in source
    ? source[Symbol.asyncIterator]()
    : source[Symbol.iterator]();
}
