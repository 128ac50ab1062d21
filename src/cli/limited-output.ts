import { cutMark } from "../system/limited-buffer.ts";

/** Hands on the first `limit` bytes of a stream, and a mark in place of the rest. */
export class LimitedOutput {
  #passed = 0;
  #dropped = 0;

  /** @param limit in bytes */
  constructor(
    readonly limit: number,
    readonly write: (chunk: Uint8Array) => void | Promise<void>,
  ) {}

  async append(chunk: Uint8Array): Promise<void> {
    const room = Math.min(chunk.length, this.limit - this.#passed);
    this.#passed += room;
    this.#dropped += chunk.length - room;
    if (room > 0) await this.write(chunk.subarray(0, room));
  }

  /** Writes the mark if there is something to mark. */
  async finish(): Promise<void> {
    if (this.#dropped > 0) await this.write(Buffer.from(cutMark(this.#dropped)));
  }
}
