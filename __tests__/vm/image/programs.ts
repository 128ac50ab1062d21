/** An ELF program of 64 bits (elf(5)) that names a dynamic linker, or none. */
export function elf64(machine: number, interpreter?: string): Buffer {
  const header = Buffer.alloc(64);
  header.write("\x7fELF\x02\x01\x01", "latin1");
  header.writeUInt16LE(machine, 18);
  header.writeBigUInt64LE(64n, 32);
  header.writeUInt16LE(56, 54);
  if (interpreter === undefined) return header;
  header.writeUInt16LE(2, 56);
  const load = Buffer.alloc(56);
  load.writeUInt32LE(1);
  const named = Buffer.alloc(56);
  named.writeUInt32LE(3);
  named.writeBigUInt64LE(64n + 2n * 56n, 8);
  const text = Buffer.from(`${interpreter}\0`, "latin1");
  named.writeBigUInt64LE(BigInt(text.length), 32);
  return Buffer.concat([header, load, named, text]);
}

/** The same in 32 bits. */
export function elf32(machine: number, interpreter: string): Buffer {
  const header = Buffer.alloc(52);
  header.write("\x7fELF\x01\x01\x01", "latin1");
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(52, 28);
  header.writeUInt16LE(32, 42);
  header.writeUInt16LE(1, 44);
  const named = Buffer.alloc(32);
  named.writeUInt32LE(3);
  named.writeUInt32LE(84, 4);
  const text = Buffer.from(`${interpreter}\0`, "latin1");
  named.writeUInt32LE(text.length, 16);
  return Buffer.concat([header, named, text]);
}
