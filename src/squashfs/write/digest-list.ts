const DIGEST_SIZE = 32;

/** The digests of a file's blocks behind each other: many times smaller than an object for each. */
export class DigestList {
  length = 0;
  private bytes: Buffer = Buffer.allocUnsafeSlow(8 * DIGEST_SIZE);

  push(digest: Buffer): void {
    const start = this.length * DIGEST_SIZE;
    if (start === this.bytes.length) this.resize(start * 2);
    digest.copy(this.bytes, start);
    this.length++;
  }

  /** @param index of a block that is there */
  get(index: number): Buffer {
    return this.bytes.subarray(index * DIGEST_SIZE, (index + 1) * DIGEST_SIZE);
  }

  /** Gives back the room for more. */
  trim(): void {
    this.resize(this.length * DIGEST_SIZE);
  }

  private resize(size: number): void {
    const resized = Buffer.allocUnsafeSlow(size);
    this.bytes.copy(resized, 0, 0, Math.min(size, this.bytes.length));
    this.bytes = resized;
  }
}
