/** The most that is kept of a line's state, in bytes: more than fits into the next line's script. */
const MAX_STATE_BYTES = 256 * 1024;

/** Divides a line's stdout into what its commands wrote and the state that its shell reports between two markers. */
export class StateScanner {
  readonly #mark: Buffer;
  #held = Buffer.alloc(0);
  #state: Buffer | undefined;
  #whole: string | undefined;

  constructor(marker: string) {
    this.#mark = Buffer.from(`${marker}\n`);
  }

  /** @returns what of it the commands wrote; the start of a marker is held back until the next chunk */
  push(chunk: Uint8Array): Uint8Array {
    let rest = Buffer.concat([this.#held, chunk]);
    this.#held = Buffer.alloc(0);
    const output: Uint8Array[] = [];
    for (;;) {
      const at = rest.indexOf(this.#mark);
      const size = at === -1 ? rest.length - this.#startOfMark(rest) : at;
      this.#take(rest.subarray(0, size), output);
      if (at === -1) {
        this.#held = rest.subarray(size);
        return Buffer.concat(output);
      }
      this.#onMark();
      rest = rest.subarray(at + this.#mark.length);
    }
  }

  /** @returns what was held back, and was no marker after all */
  end(): Uint8Array {
    return this.#state === undefined ? this.#held : Buffer.alloc(0);
  }

  /** What stood between the markers; undefined when the line's shell did not get that far. */
  get state(): string | undefined {
    return this.#whole;
  }

  #take(bytes: Buffer, output: Uint8Array[]): void {
    if (this.#state === undefined) output.push(bytes);
    else if (this.#state.length <= MAX_STATE_BYTES)
      this.#state = Buffer.concat([this.#state, bytes]);
  }

  #onMark(): void {
    if (this.#state === undefined) {
      this.#state = Buffer.alloc(0);
      return;
    }
    if (this.#state.length <= MAX_STATE_BYTES) this.#whole = this.#state.toString("utf8");
    this.#state = undefined;
  }

  /** How many bytes at the end could be the start of a marker. */
  #startOfMark(bytes: Buffer): number {
    const longest = Math.min(bytes.length, this.#mark.length - 1);
    for (let size = longest; size > 0; size--) {
      if (bytes.subarray(-size).equals(this.#mark.subarray(0, size))) return size;
    }
    return 0;
  }
}
