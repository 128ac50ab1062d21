import { crc32 } from "node:zlib";

/** A superblock that says of itself that it is a sound squashfs of `size` bytes; nothing follows it. */
export function superblock(size = 96, edit: (bytes: Buffer) => void = () => {}): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.write("hsqs", 0, "latin1");
  bytes.writeUInt32LE(12, 4);
  bytes.writeUInt32LE(1_700_000_000, 8);
  bytes.writeUInt32LE(131_072, 12);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(17, 22);
  bytes.writeUInt16LE(4, 28);
  bytes.writeBigUInt64LE(BigInt(size), 40);
  for (const offset of [48, 56, 64, 72, 80, 88]) {
    bytes.writeBigUInt64LE(0xffff_ffff_ffff_ffffn, offset);
  }
  bytes.writeBigUInt64LE(90n, 64);
  bytes.writeBigUInt64LE(90n, 72);
  edit(bytes);
  return bytes;
}

/** A trailer as the format's description has it, written without the project's own code. */
export function trailer(json: string | Buffer): Buffer {
  const bytes = Buffer.from(json as string);
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(crc32(bytes));
  return Buffer.concat([crc, bytes, Buffer.from(String(bytes.length).padStart(8, "0"))]);
}
