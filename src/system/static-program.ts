const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const BASE = 0x400000;

/**
 * The least ELF file that Linux starts on x86-64: one segment with header and code.
 *
 * @param code machine code, which is entered at its first byte and needs no libraries
 * @see https://man7.org/linux/man-pages/man5/elf.5.html
 */
export function staticProgram(code: Buffer): Buffer {
  const start = HEADER_BYTES + PROGRAM_HEADER_BYTES;
  const file = Buffer.alloc(start + code.length);
  // 64 bits, little-endian, version 1, System V.
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1], 0);
  file.writeUInt16LE(2, 16); // executable
  file.writeUInt16LE(62, 18); // x86-64
  file.writeUInt32LE(1, 20); // version
  file.writeBigUInt64LE(BigInt(BASE + start), 24); // entry point
  file.writeBigUInt64LE(BigInt(HEADER_BYTES), 32); // program headers
  file.writeUInt16LE(HEADER_BYTES, 52);
  file.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  file.writeUInt16LE(1, 56); // one program header
  file.writeUInt32LE(1, HEADER_BYTES); // to be loaded
  file.writeUInt32LE(5, HEADER_BYTES + 4); // readable, executable
  file.writeBigUInt64LE(BigInt(BASE), HEADER_BYTES + 16);
  file.writeBigUInt64LE(BigInt(BASE), HEADER_BYTES + 24);
  file.writeBigUInt64LE(BigInt(file.length), HEADER_BYTES + 32);
  file.writeBigUInt64LE(BigInt(file.length), HEADER_BYTES + 40);
  file.writeBigUInt64LE(0x1000n, HEADER_BYTES + 48); // alignment
  file.set(code, start);
  return file;
}
