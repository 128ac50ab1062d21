import { type FileHandle, open } from "node:fs/promises";

/** Bytes gathered before they are written: blocks are much smaller than what a disk likes. */
const BATCH_SIZE = 1024 * 1024;

/** A new file that is written from its start to its end, apart from a header that comes last. */
export class OutputFile {
  /** Where the next bytes come to lie. */
  position = 0;
  private readonly handle: FileHandle;
  /** What is not yet written. Copied: a short piece may be a view of a large buffer, and keep it alive. */
  private readonly batch = Buffer.allocUnsafeSlow(BATCH_SIZE);
  private gathered = 0;

  private constructor(handle: FileHandle) {
    this.handle = handle;
  }

  /** Creates or empties the file, and closes it after `body`. */
  static async use<T>(path: string, body: (file: OutputFile) => Promise<T>): Promise<T> {
    const handle = await open(path, "w+");
    try {
      return await body(new OutputFile(handle));
    } finally {
      await handle.close();
    }
  }

  async append(bytes: Uint8Array): Promise<void> {
    for (let offset = 0; offset < bytes.length; ) {
      const part = bytes.subarray(offset, offset + BATCH_SIZE - this.gathered);
      this.batch.set(part, this.gathered);
      this.gathered += part.length;
      this.position += part.length;
      offset += part.length;
      if (this.gathered === BATCH_SIZE) await this.flush();
    }
  }

  /** Reads what was appended before. */
  async read(position: number, length: number): Promise<Buffer> {
    if (position + length > this.position - this.gathered) await this.flush();
    const bytes = Buffer.allocUnsafeSlow(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.handle.read(
        bytes,
        filled,
        length - filled,
        position + filled,
      );
      if (bytesRead === 0) throw new Error("A file that is being written was cut off by another.");
      filled += bytesRead;
    }
    return bytes;
  }

  /** Writes over bytes that were appended before, after what was gathered. */
  async overwrite(position: number, bytes: Uint8Array): Promise<void> {
    await this.flush();
    await writeAll(this.handle, bytes, position);
  }

  private async flush(): Promise<void> {
    if (this.gathered === 0) return;
    const start = this.position - this.gathered;
    await writeAll(this.handle, this.batch.subarray(0, this.gathered), start);
    this.gathered = 0;
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const left = bytes.length - written;
    const { bytesWritten } = await handle.write(bytes, written, left, position + written);
    written += bytesWritten;
  }
}
