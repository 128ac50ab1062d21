import { encodeCpio } from "../../src/vm/initramfs/cpio.ts";

/** reboot(2): the magic numbers and RB_POWER_OFF. */
const MAGIC_1 = 0xfee1dead;
const MAGIC_2 = 0x28121969;
const POWER_OFF = 0x4321fedc;
const SYS_REBOOT = 169;

const HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const BASE = 0x400000;

/** An initramfs whose init does nothing but power off: nothing that boots a kernel can take less time. */
export function powerOffInitramfs(): Buffer {
  return encodeCpio([{ path: "init", mode: 0o100755, content: staticProgram(powerOff()) }]);
}

/** x86-64: mov eax, edi, esi and edx, then syscall. */
function powerOff(): Buffer {
  const code = Buffer.alloc(22);
  const moves = [
    [0xb8, SYS_REBOOT],
    [0xbf, MAGIC_1],
    [0xbe, MAGIC_2],
    [0xba, POWER_OFF],
  ] as const;
  for (const [index, [opcode, value]] of moves.entries()) {
    code.writeUInt8(opcode, index * 5);
    code.writeUInt32LE(value, index * 5 + 1);
  }
  code.writeUInt16BE(0x0f05, 20);
  return code;
}

/** The least ELF file (elf(5)) that Linux starts: one segment with header and code. */
function staticProgram(code: Buffer): Buffer {
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
