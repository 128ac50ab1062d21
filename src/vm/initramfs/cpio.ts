/** A file or directory of an initramfs. */
export interface CpioEntry {
  /** Without a leading slash. */
  readonly path: string;
  /** File type and permission bits, such as 0o100755. */
  readonly mode: number;
  readonly content?: Uint8Array;
}

const DIRECTORY = 0o040755;
const TRAILER = "TRAILER!!!";

export function cpioDirectory(path: string): CpioEntry {
  return { path, mode: DIRECTORY };
}

/**
 * Encodes entries in the "newc" format that the kernel unpacks; owners are root, times are zero, so that
 * equal entries give equal bytes.
 *
 * @see https://docs.kernel.org/driver-api/early-userspace/buffer-format.html
 */
export function encodeCpio(entries: readonly CpioEntry[]): Buffer {
  const chunks = entries.flatMap((entry, index) => encodeEntry(entry, index + 1));
  chunks.push(...encodeEntry({ path: TRAILER, mode: 0 }, 0));
  return Buffer.concat(chunks);
}

function encodeEntry(entry: CpioEntry, inode: number): Buffer[] {
  const content = entry.content ?? new Uint8Array(0);
  const isDirectory = (entry.mode & 0o170000) === 0o040000;
  const name = Buffer.from(`${entry.path}\0`, "utf8");
  const fields = [
    inode,
    entry.mode,
    0, // user
    0, // group
    isDirectory ? 2 : 1, // links
    0, // modification time
    content.length,
    0, // device major
    0, // device minor
    0, // special device major
    0, // special device minor
    name.length,
    0, // checksum, unused in newc
  ];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, "0")).join("")}`;
  return [
    padded(Buffer.concat([Buffer.from(header, "latin1"), name])),
    padded(Buffer.from(content)),
  ];
}

/** Headers and contents end at multiples of 4 bytes. */
function padded(bytes: Buffer): Buffer {
  const padding = (4 - (bytes.length % 4)) % 4;
  return padding === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(padding)]);
}
