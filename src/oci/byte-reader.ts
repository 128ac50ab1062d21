import type { FileHandle } from "node:fs/promises";

const EMPTY = Buffer.alloc(0);
const READ_SIZE = 1024 * 1024;

/**
 * Reads bytes in order from a source that delivers large chunks. Buffers that it hands out are views
 * into those chunks, which are never reused, so they stay valid.
 */
export abstract class ByteReader {
  /** Bytes consumed so far. */
  position = 0;
  private chunk: Buffer = EMPTY;
  private offset = 0;

  /** The next bytes of the source; undefined at its end. */
  protected abstract fetch(): Promise<Buffer | undefined>;

  /** Frees what the source holds; needed when reading stops before the end. */
  abstract close(): Promise<void>;

  /** Leaves out bytes that were not fetched yet. @returns how many there were, at most `length` */
  protected async discard(length: number): Promise<number> {
    let left = length;
    while (left > 0) {
      const next = await this.fetch();
      if (next === undefined) break;
      if (next.length > left) {
        this.chunk = next;
        this.offset = left;
        return length;
      }
      left -= next.length;
    }
    return length - left;
  }

  /** @returns exactly `length` bytes, fewer only at the end of the source */
  async read(length: number): Promise<Buffer> {
    if (this.chunk.length - this.offset >= length) return this.take(length);
    const parts: Buffer[] = [];
    let left = length;
    while (left > 0) {
      const part = await this.readSome(left);
      if (part === undefined) break;
      parts.push(part);
      left -= part.length;
    }
    return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
  }

  /** What `read` would, without waiting; undefined when that many bytes have not been fetched yet. */
  readNow(length: number): Buffer | undefined {
    return this.chunk.length - this.offset >= length ? this.take(length) : undefined;
  }

  /** What `skip` would, without waiting. @returns false when that many bytes have not been fetched yet */
  skipNow(length: number): boolean {
    if (this.chunk.length - this.offset < length) return false;
    this.offset += length;
    this.position += length;
    return true;
  }

  /** @returns the next 1 to `maximum` bytes without copying; undefined at the end of the source */
  async readSome(maximum: number): Promise<Buffer | undefined> {
    while (this.offset === this.chunk.length) {
      const next = await this.fetch();
      if (next === undefined) return undefined;
      this.chunk = next;
      this.offset = 0;
    }
    return this.take(Math.min(maximum, this.chunk.length - this.offset));
  }

  /** @returns how many bytes were left out: `length`, fewer only at the end of the source */
  async skip(length: number): Promise<number> {
    const buffered = Math.min(length, this.chunk.length - this.offset);
    this.offset += buffered;
    const skipped =
      buffered === length ? length : buffered + (await this.discard(length - buffered));
    this.position += skipped;
    return skipped;
  }

  /** Every remaining byte, in the chunks of the source. */
  async *rest(): AsyncGenerator<Buffer> {
    for (;;) {
      const next = await this.readSome(Number.MAX_SAFE_INTEGER);
      if (next === undefined) return;
      yield next;
    }
  }

  private take(length: number): Buffer {
    const result = this.chunk.subarray(this.offset, this.offset + length);
    this.offset += length;
    this.position += length;
    return result;
  }
}

/** Reads what an iterable delivers. */
export class StreamReader extends ByteReader {
  private readonly iterator: AsyncIterator<Buffer>;

  constructor(source: AsyncIterable<Buffer>) {
    super();
    this.iterator = source[Symbol.asyncIterator]();
  }

  protected async fetch(): Promise<Buffer | undefined> {
    const next = await this.iterator.next();
    return next.done ? undefined : next.value;
  }

  async close(): Promise<void> {
    await this.iterator.return?.();
  }
}

/**
 * Reads a range of an open file. Skipping costs nothing; who does not skip finds the next chunk read ahead.
 * The file stays open, it belongs to the caller.
 */
export class FileRangeReader extends ByteReader {
  /** Where the next chunk starts that is not even ahead. */
  private next: number;
  private end: number;
  private ahead: { readonly wanted: number; readonly chunk: Promise<Buffer> } | undefined;
  private isSequential = false;
  private readonly handle: FileHandle;
  private readonly readSize: number;

  /** @param readSize bytes to ask the file for at once */
  constructor(handle: FileHandle, start: number, length: number, readSize = READ_SIZE) {
    super();
    this.handle = handle;
    this.next = start;
    this.end = start + length;
    this.readSize = readSize;
  }

  protected async fetch(): Promise<Buffer | undefined> {
    const current = this.ahead ?? this.startRead();
    this.ahead = undefined;
    if (!current) return undefined;
    const chunk = await current.chunk;
    // What is shorter than the range was cut off.
    if (chunk.length < current.wanted) this.end = this.next;
    else if (this.isSequential) this.ahead = this.startRead();
    this.isSequential = true;
    return chunk.length === 0 ? undefined : chunk;
  }

  private startRead(): FileRangeReader["ahead"] {
    const wanted = Math.min(this.readSize, this.end - this.next);
    if (wanted <= 0) return undefined;
    const chunk = this.handle
      .read(Buffer.allocUnsafeSlow(wanted), 0, wanted, this.next)
      .then(({ buffer, bytesRead }) => buffer.subarray(0, bytesRead));
    // Who never asks for it does not want to know that it failed.
    chunk.catch(() => {});
    this.next += wanted;
    return { wanted, chunk };
  }

  protected override async discard(length: number): Promise<number> {
    const ahead = this.ahead?.wanted ?? 0;
    if (length < ahead) return await super.discard(length);
    this.ahead = undefined;
    this.isSequential = false;
    const skipped = Math.min(length - ahead, this.end - this.next);
    this.next += skipped;
    return ahead + skipped;
  }

  async close(): Promise<void> {}
}
