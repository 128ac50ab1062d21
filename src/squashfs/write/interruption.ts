/**
 * Ends iterations when a signal is aborted. One listener serves all of them: an image has a content for each
 * of its files, and a listener for each costs more than reading most of them.
 */
export class Interruption {
  private readonly signal: AbortSignal;
  private readonly waits = new Set<(reason: unknown) => void>();

  private constructor(signal: AbortSignal) {
    this.signal = signal;
  }

  /** Runs `body` with an interruption by this signal. */
  static async use<T>(
    signal: AbortSignal,
    body: (interruption: Interruption) => Promise<T>,
  ): Promise<T> {
    const interruption = new Interruption(signal);
    const onAbort = () => {
      for (const reject of interruption.waits) reject(signal.reason);
    };
    signal.addEventListener("abort", onAbort);
    try {
      return await body(interruption);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  /**
   * What `source` delivers, until the signal is aborted: then the abort reason is thrown at once, even while
   * the source is still busy with its next value.
   */
  async *iterate<T>(source: AsyncIterable<T> | Iterable<T>): AsyncGenerator<T> {
    const iterator = iteratorOf(source);
    let state: "waiting" | "busy" | "ended" = "waiting";
    try {
      for (;;) {
        this.signal.throwIfAborted();
        state = "busy";
        const next = Promise.resolve(iterator.next());
        const result = await this.wait(next, () => {
          state = "ended";
        });
        state = result.done ? "ended" : "waiting";
        if (result.done) return;
        yield result.value;
      }
    } finally {
      if (state !== "ended") {
        const returned = Promise.resolve(iterator.return?.());
        // A busy source ends when it is no longer; its failures after the abort say nothing new.
        if (state === "busy") returned.catch(() => {});
        else await returned;
      }
    }
  }

  private async wait<T>(next: Promise<T>, onFailure: () => void): Promise<T> {
    return await new Promise<T>((resolve, reject) => {
      this.waits.add(reject);
      next.then(
        (value) => {
          this.waits.delete(reject);
          resolve(value);
        },
        (error) => {
          this.waits.delete(reject);
          onFailure();
          reject(error);
        },
      );
    });
  }
}

function iteratorOf<T>(source: AsyncIterable<T> | Iterable<T>): AsyncIterator<T> | Iterator<T> {
  return Symbol.asyncIterator in source
    ? source[Symbol.asyncIterator]()
    : source[Symbol.iterator]();
}
