import type { FileHandle } from "node:fs/promises";
import { GvmiFormatError } from "../../errors.ts";

/** @returns the error that says what is wrong with the image */
export function damaged(what: string, cause?: unknown): GvmiFormatError {
  return new GvmiFormatError(`Its squashfs image is damaged: ${what}.`, {
    ...(cause !== undefined && { cause }),
  });
}

/** An image of which only its own bytes can be read. */
export class ImageFile {
  /** Bytes of the image without padding. */
  readonly size: number;
  private readonly handle: FileHandle;

  constructor(handle: FileHandle, size: number) {
    this.handle = handle;
    this.size = size;
  }

  /** @param length is bounded by the caller @throws {GvmiFormatError} when the image ends before */
  async read(position: number, length: number): Promise<Buffer> {
    if (position < 0 || position + length > this.size)
      throw damaged("something lies behind its end");
    const bytes = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const left = length - filled;
      const { bytesRead } = await this.handle.read(bytes, filled, left, position + filled);
      if (bytesRead === 0) throw damaged("it is cut off");
      filled += bytesRead;
    }
    return bytes;
  }
}
