import type { ByteString } from "../../oci/entry.ts";

/** Many short strings of bytes behind each other in one buffer that grows. */
export class ByteList {
  length = 0;
  bytes: Buffer = Buffer.allocUnsafeSlow(4096);

  /** @returns the offset in `bytes` */
  push(text: ByteString): number {
    const end = this.length + text.length;
    if (end > this.bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(end, this.bytes.length * 2));
      this.bytes.copy(grown, 0, 0, this.length);
      this.bytes = grown;
    }
    const offset = this.length;
    this.bytes.write(text, offset, "latin1");
    this.length = end;
    return offset;
  }

  text(offset: number, length: number): ByteString {
    return this.bytes.toString("latin1", offset, offset + length);
  }
}
