import { createInterface, type Interface } from "node:readline";
import type { LineSource } from "../../shell/session.ts";

/** Lines of a file or a pipe: without prompts, history or echo. */
export class PipedLines implements LineSource {
  onInterrupt: (() => void) | undefined;
  readonly #reader: Interface;
  readonly #iterator: AsyncIterator<string>;
  readonly #aborted: Promise<never>;

  /** @param signal ends the wait for a line: `next` rejects with its reason */
  constructor(input: NodeJS.ReadableStream, signal: AbortSignal) {
    this.#reader = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, terminal: false });
    this.#iterator = this.#reader[Symbol.asyncIterator]();
    this.#aborted = new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
    this.#aborted.catch(() => {});
  }

  async next(): Promise<string | undefined> {
    const { done, value } = await Promise.race([this.#iterator.next(), this.#aborted]);
    return done ? undefined : value;
  }

  /** The rest of the input is not read. */
  close(): void {
    this.#reader.close();
  }
}
