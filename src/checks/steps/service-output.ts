import type { Pattern } from "../../settings/patterns.ts";
import { LimitedBuffer, TailBuffer } from "../../system/limited-buffer.ts";
import type { OutputStream } from "../../vm/guest-command.ts";
import type { OutputText } from "../test-result.ts";

/** As much of the newest output as a pattern is looked for in: a line that says that a service is ready is short. */
const SEARCHED_BYTES = 64 * 1024;

/** What a service prints: the beginning of each stream for the report, the end of both for whoever waits. */
export class ServiceOutput {
  readonly #streams: Readonly<Record<OutputStream, LimitedBuffer>>;
  readonly #recent: Readonly<Record<OutputStream, TailBuffer>>;
  #hasNew = true;
  #wake = () => {};

  constructor(limitBytes: number) {
    this.#streams = {
      stdout: new LimitedBuffer(limitBytes),
      stderr: new LimitedBuffer(limitBytes),
    };
    this.#recent = {
      stdout: new TailBuffer(SEARCHED_BYTES),
      stderr: new TailBuffer(SEARCHED_BYTES),
    };
  }

  append(stream: OutputStream, chunk: Uint8Array): void {
    this.#streams[stream].append(chunk);
    this.#recent[stream].append(chunk);
    this.#hasNew = true;
    this.#wake();
  }

  /** Resolves when more was printed since `matches` was asked last. */
  changed(): Promise<void> {
    if (this.#hasNew) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  matches(pattern: Pattern): boolean {
    this.#hasNew = false;
    return Object.values(this.#recent).some((recent) => pattern.test(recent.toString()));
  }

  text(stream: OutputStream): OutputText {
    const buffer = this.#streams[stream];
    return { text: buffer.toString(), truncated: buffer.isCut };
  }

  /** Of stderr, or of stdout when nothing is there. */
  lastLine(): string {
    const lines = [this.#recent.stdout, this.#recent.stderr].flatMap((recent) =>
      recent.toString().split("\n").filter(Boolean).slice(-1),
    );
    return (lines.at(-1) ?? "").slice(0, 400);
  }
}
