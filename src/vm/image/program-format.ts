/** What the kernel makes of a file that is to be executed, from its first bytes. */
export type ProgramFormat =
  | { readonly kind: "elf"; readonly machine: number; readonly interpreter: string | undefined }
  | { readonly kind: "script"; readonly interpreter: string }
  | { readonly kind: "unknown" };

/** Bytes of a file's start to give: program headers and what they name come early. */
export const FORMAT_BYTES = 64 * 1024;

/** The kernel reads so many bytes of a script's first line (BINPRM_BUF_SIZE, execve(2)). */
const SCRIPT_LINE_BYTES = 256;

const ELF_MAGIC = Buffer.from("\x7fELF", "latin1");
const PROGRAM_HEADER_INTERPRETER = 3;

/** Where the fields that matter are, by class; offsets in bytes (elf(5)). */
const ELF_64 = { tableAt: 32, sizeAt: 54, countAt: 56, offsetAt: 8, lengthAt: 32, wide: true };
const ELF_32 = { tableAt: 28, sizeAt: 42, countAt: 44, offsetAt: 4, lengthAt: 16, wide: false };
const SMALLEST_HEADER = 52;

/**
 * @param start the first FORMAT_BYTES of the file, or all of it
 * @returns paths as byte strings
 */
export function programFormat(start: Buffer): ProgramFormat {
  if (start.subarray(0, 2).toString("latin1") === "#!") {
    const line = start.subarray(2, SCRIPT_LINE_BYTES).toString("latin1").split("\n")[0] ?? "";
    const interpreter = /^[ \t]*([^ \t\0]+)/.exec(line)?.[1];
    return interpreter === undefined ? { kind: "unknown" } : { kind: "script", interpreter };
  }
  const isElf = start.subarray(0, 4).equals(ELF_MAGIC) && start.length >= SMALLEST_HEADER;
  // Big-endian programs are for no machine that runs here; their numbers read as an unknown one.
  if (!isElf) return { kind: "unknown" };
  return { kind: "elf", machine: start.readUInt16LE(18), interpreter: elfInterpreter(start) };
}

function elfInterpreter(start: Buffer): string | undefined {
  const layout = start.readUInt8(4) === 2 ? ELF_64 : ELF_32;
  const word = (at: number) => readWord(start, at, layout.wide);
  if (start.length < layout.countAt + 2) return undefined;
  const table = word(layout.tableAt);
  const size = start.readUInt16LE(layout.sizeAt);
  const count = start.readUInt16LE(layout.countAt);
  for (let index = 0; index < count; index++) {
    const header = table + index * size;
    if (header + layout.lengthAt + 8 > start.length) return undefined;
    if (start.readUInt32LE(header) !== PROGRAM_HEADER_INTERPRETER) continue;
    const offset = word(header + layout.offsetAt);
    const text = start.subarray(offset, offset + word(header + layout.lengthAt));
    return text.toString("latin1").split("\0")[0];
  }
  return undefined;
}

function readWord(bytes: Buffer, at: number, wide: boolean): number {
  return wide ? Number(bytes.readBigUInt64LE(at)) : bytes.readUInt32LE(at);
}
