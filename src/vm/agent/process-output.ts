/** What the guest answers to a query: bytes (none: nothing there now), or that it has forgotten the process. */
export type QueryResult = Uint8Array | "forgotten";

/**
 * Milliseconds to wait, each time, after an ended process's pipe was found empty although the guest still
 * knows the process. That is normal when something the process started still holds the pipe, whose
 * later output nobody is promised; and for a moment when the guest has not read the pipe's rest yet.
 */
const WAITS_AFTER_END_MS = [10, 20, 40, 80];

/**
 * Bytes that an ended process can have left behind, its agent's buffer aside: the largest pipe an
 * unprivileged process may ask for (pipe(7)). Whatever comes after that many is someone else's.
 */
const MAX_LEFT_IN_PIPE = 1024 * 1024;

/**
 * One output stream of a process in the guest, to be iterated once. The guest is asked only when the
 * consumer wants more, so memory stays bounded: a process whose output nobody takes blocks, as with
 * any pipe. Leaving the iteration early lets the rest be dropped.
 */
export class ProcessOutput implements AsyncIterable<Uint8Array> {
  readonly #query: () => Promise<QueryResult>;
  readonly #onEnd: () => void;
  readonly #maximumAfterEnd: number;
  #mayHaveData = false;
  #processEnded = false;
  #forgotten = false;
  #failure: { error: unknown } | undefined;
  #iterated = false;
  #wake = () => {};

  /**
   * @param pipeSize bytes of the agent's buffer
   * @param onEnd called when nothing more will be asked for
   */
  constructor(query: () => Promise<QueryResult>, pipeSize: number, onEnd: () => void) {
    this.#query = query;
    this.#onEnd = onEnd;
    this.#maximumAfterEnd = pipeSize + MAX_LEFT_IN_PIPE;
  }

  /** The guest said that there is output. */
  outputAvailable(): void {
    this.#mayHaveData = true;
    this.#wake();
  }

  /** The process has ended; its last output may still be in the guest. */
  processEnded(): void {
    this.#processEnded = true;
    this.outputAvailable();
  }

  /** The guest has forgotten the process, which it does when all output has been taken. */
  processForgotten(): void {
    this.#forgotten = true;
    this.#wake();
  }

  /** Makes the iteration throw `error`. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#iterated) throw new Error("The output of a process can be iterated only once.");
    this.#iterated = true;
    const chunks = this.#chunks();
    let isLeftEarly = false;
    try {
      for (;;) {
        const next = await chunks.next();
        isLeftEarly = !next.done;
        if (next.done) return;
        yield next.value;
      }
    } finally {
      if (isLeftEarly && !this.#failure) void this.#drop(chunks);
    }
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.#queryUntilEnd();
    } finally {
      this.#onEnd();
    }
  }

  async *#queryUntilEnd(): AsyncGenerator<Uint8Array, void, undefined> {
    let emptyAnswersAfterEnd = 0;
    let bytesAfterEnd = 0;
    while (!this.#forgotten) {
      if (!this.#mayHaveData) await this.#sleep();
      this.#throwFailure();
      if (this.#forgotten) return;
      this.#mayHaveData = false;
      const hadEnded = this.#processEnded;
      const result = await this.#query();
      this.#throwFailure();
      if (result === "forgotten") return;
      if (result.length > 0) {
        // Only an empty answer says that nothing is left.
        this.#mayHaveData = true;
        yield result;
        emptyAnswersAfterEnd = 0;
        bytesAfterEnd += hadEnded ? result.length : 0;
        if (bytesAfterEnd >= this.#maximumAfterEnd) return;
      } else if (hadEnded) {
        const wait = WAITS_AFTER_END_MS[emptyAnswersAfterEnd];
        if (wait === undefined) return;
        emptyAnswersAfterEnd += 1;
        await this.#sleep(wait);
        this.#mayHaveData = true;
      }
    }
  }

  /** Takes what is left so that the process does not block. */
  async #drop(chunks: AsyncGenerator<Uint8Array, void, undefined>): Promise<void> {
    try {
      while (!(await chunks.next()).done) {}
    } catch {
      // The process's end, or the request that failed, reports it to whom it concerns.
    }
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.error;
  }

  /** Until something happens, or for some milliseconds. */
  async #sleep(milliseconds?: number): Promise<void> {
    if (this.#failure || this.#forgotten) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (milliseconds !== undefined) timer = setTimeout(resolve, milliseconds);
    });
    clearTimeout(timer);
    this.#wake = () => {};
  }
}
