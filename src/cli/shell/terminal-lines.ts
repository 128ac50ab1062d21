import { createInterface, type Interface } from "node:readline";
import type { ReadStream, WriteStream } from "node:tty";
import { ABANDONED, type LineSource, type PromptContent } from "../../shell/session.ts";

export interface TerminalOptions {
  readonly input: ReadStream | NodeJS.ReadStream;
  /** Where prompts and the line being typed are shown. */
  readonly output: WriteStream | NodeJS.WriteStream;
  /** Newest first. */
  readonly history: readonly string[];
  readonly prompt: (content: PromptContent) => string;
  /** Ends the wait for a line: `next` rejects with its reason. */
  readonly signal: AbortSignal;
}

export const HISTORY_SIZE = 1000;

type Answer = string | typeof ABANDONED | undefined;

/**
 * Lines that a person types, with editing and history. The terminal stays in raw mode while commands run, so
 * that Ctrl-C comes here as a key and not as a signal, which would also reach QEMU.
 */
export class TerminalLines implements LineSource {
  onInterrupt: (() => void) | undefined;
  /** Newest first. */
  history: readonly string[];
  readonly #options: TerminalOptions;
  readonly #reader: Interface;
  readonly #typedAhead: string[] = [];
  #hasEnded = false;
  #isInsideLine = false;
  #waiting: { resolve: (answer: Answer) => void; reject: (reason: unknown) => void } | undefined;

  constructor(options: TerminalOptions) {
    const { input, output, history, signal } = options;
    this.#options = options;
    this.history = history;
    this.#reader = createInterface({
      input,
      output,
      terminal: true,
      history: [...history],
      historySize: HISTORY_SIZE,
      removeHistoryDuplicates: true,
    });
    this.#reader.on("history", (lines) => {
      this.history = lines;
    });
    this.#reader.on("line", (line) => {
      if (!this.#answer(line)) this.#typedAhead.push(line);
    });
    this.#reader.on("close", () => {
      this.#hasEnded = true;
      this.#answer(undefined);
    });
    this.#reader.on("SIGINT", () => this.#onInterruptKey());
    // Stopping would leave a VM behind that waits for its host.
    this.#reader.on("SIGTSTP", () => {});
    signal.addEventListener("abort", () => this.#waiting?.reject(signal.reason), { once: true });
  }

  async next(content: PromptContent): Promise<Answer> {
    this.#options.signal.throwIfAborted();
    const typed = this.#typedAhead.shift();
    if (typed !== undefined) return typed;
    if (this.#hasEnded) return undefined;
    // A prompt begins at the left and would overwrite a last line without a newline.
    if (this.#isInsideLine) this.#options.output.write("\n");
    this.#isInsideLine = false;
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#reader.setPrompt(this.#options.prompt(content));
      this.#reader.prompt(true);
    });
  }

  /** To be told what else is written to the terminal. */
  onWritten(chunk: Uint8Array): void {
    if (chunk.length > 0) this.#isInsideLine = chunk.at(-1) !== 0x0a;
  }

  /** Gives the terminal back as it was. */
  close(): void {
    // After Ctrl-D, and when a signal ends the session, the cursor stands behind a prompt.
    if (this.#hasEnded || this.#isInsideLine || this.#waiting) this.#options.output.write("\n");
    this.#reader.close();
  }

  #answer(answer: Answer): boolean {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.resolve(answer);
    return waiting !== undefined;
  }

  #onInterruptKey(): void {
    this.#options.output.write("^C\n");
    this.#isInsideLine = false;
    this.#typedAhead.length = 0;
    // Takes away what has been typed of a line.
    this.#reader.write(null, { ctrl: true, name: "e" });
    this.#reader.write(null, { ctrl: true, name: "u" });
    if (this.onInterrupt) this.onInterrupt();
    else this.#answer(ABANDONED);
  }
}
