const PROGRAM_HEADER = 56;
const NOTE_SEGMENT = 4;
const MAX_NOTES_LENGTH = 64 * 1024;
const NOTE_HEADER = 12;
const OWNER = "Xen\0";
/** `XEN_ELFNOTE_PHYS32_ENTRY` */
const ENTRY_NOTE = 18;

/**
 * Whether an uncompressed kernel says where it is entered without its own loader, by PVH: QEMU starts no other.
 *
 * @param kernel a 64-bit ELF file
 * @see https://xenbits.xen.org/docs/unstable/misc/pvh.html
 */
export function hasPvhEntry(kernel: Buffer): boolean {
  const isElf64 = kernel.length >= 64 && kernel.toString("latin1", 0, 5) === "\x7fELF\x02";
  if (!isElf64) return false;
  const first = Number(kernel.readBigUInt64LE(32));
  const count = kernel.readUInt16LE(56);
  for (let index = 0; index < count; index++) {
    const at = first + index * PROGRAM_HEADER;
    if (at + PROGRAM_HEADER > kernel.length) return false;
    if (kernel.readUInt32LE(at) !== NOTE_SEGMENT) continue;
    const start = Number(kernel.readBigUInt64LE(at + 8));
    const length = Math.min(Number(kernel.readBigUInt64LE(at + 32)), MAX_NOTES_LENGTH);
    if (hasEntryNote(kernel.subarray(start, start + length))) return true;
  }
  return false;
}

function hasEntryNote(notes: Buffer): boolean {
  for (let at = 0; at + NOTE_HEADER <= notes.length; ) {
    const ownerLength = notes.readUInt32LE(at);
    const descriptionLength = notes.readUInt32LE(at + 4);
    const type = notes.readUInt32LE(at + 8);
    const owner = notes.toString("latin1", at + NOTE_HEADER, at + NOTE_HEADER + ownerLength);
    if (owner === OWNER && type === ENTRY_NOTE) return true;
    at += NOTE_HEADER + padded(ownerLength) + padded(descriptionLength);
  }
  return false;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
