/** What stands where a text was cut off. */
export function cutMark(droppedBytes: number): string {
  return `\n[... ${droppedBytes} bytes more are not shown]\n`;
}

/** Collects the first `limit` bytes of a stream and counts the rest, so that memory stays bounded. */
export class LimitedBuffer {
  readonly #chunks: Uint8Array[] = [];
  #kept = 0;
  #dropped = 0;

  constructor(readonly limit: number) {}

  append(chunk: Uint8Array): void {
    const room = Math.min(chunk.length, this.limit - this.#kept);
    if (room > 0) this.#chunks.push(chunk.slice(0, room));
    this.#kept += room;
    this.#dropped += chunk.length - room;
  }

  /** What was kept, as UTF-8 text, with a mark where it was cut. */
  toString(): string {
    const text = Buffer.concat(this.#chunks).toString("utf8");
    return this.#dropped === 0 ? text : `${text}${cutMark(this.#dropped)}`;
  }

  /** Whether something was dropped. */
  get isCut(): boolean {
    return this.#dropped > 0;
  }
}

/** Collects the last `limit` bytes of a stream, at most twice as many at a time. */
export class TailBuffer {
  #chunks: Uint8Array[] = [];
  #kept = 0;

  constructor(readonly limit: number) {}

  append(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#kept += chunk.length;
    if (this.#kept > 2 * this.limit) this.#trim();
  }

  toString(): string {
    this.#trim();
    return Buffer.concat(this.#chunks).toString("utf8");
  }

  #trim(): void {
    const end = Buffer.concat(this.#chunks).subarray(-this.limit);
    this.#chunks = [end];
    this.#kept = end.length;
  }
}
