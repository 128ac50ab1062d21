import type { FileHandle } from "node:fs/promises";

const PIECE_BYTES = 1024 * 1024;
/** A block may lie across two pieces, and a few blocks are asked for at once. */
const MAX_PIECES = 4;

/**
 * Reads ranges of a file that mostly follow each other: large pieces are read, and kept for a while, so that
 * a thousand small ranges are not a thousand calls of the system.
 */
export class FileWindow {
  readonly #pieces = new Map<number, Promise<Buffer>>();

  constructor(private readonly file: FileHandle) {}

  /** @returns fewer bytes at the end of the file */
  async read(position: number, length: number): Promise<Buffer> {
    const first = Math.floor(position / PIECE_BYTES);
    const last = Math.floor((position + length - 1) / PIECE_BYTES);
    const indexes = Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const pieces = await Promise.all(indexes.map((index) => this.#piece(index)));
    const [only] = pieces;
    const bytes = pieces.length === 1 && only ? only : Buffer.concat(pieces);
    const start = position - first * PIECE_BYTES;
    return bytes.subarray(start, start + length);
  }

  #piece(index: number): Promise<Buffer> {
    const known = this.#pieces.get(index);
    if (known) return known;
    const piece = this.file
      .read(Buffer.allocUnsafeSlow(PIECE_BYTES), 0, PIECE_BYTES, index * PIECE_BYTES)
      .then(({ buffer, bytesRead }) => buffer.subarray(0, bytesRead));
    this.#pieces.set(index, piece);
    if (this.#pieces.size > MAX_PIECES) {
      const [oldest] = this.#pieces.keys();
      if (oldest !== undefined) this.#pieces.delete(oldest);
    }
    return piece;
  }
}
