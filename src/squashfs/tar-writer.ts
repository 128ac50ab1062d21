import type { ByteString, EntryMetadata, EntryType } from "../oci/entry.ts";

const BLOCK_SIZE = 512;

const TYPE_FLAGS: Readonly<Record<EntryType, string>> = {
  file: "0",
  "hard-link": "1",
  symlink: "2",
  "character-device": "3",
  "block-device": "4",
  directory: "5",
  fifo: "6",
};

const MAX_OCTAL_7 = 0o7777777;
const MAX_OCTAL_11 = 0o77777777777;
/** Squashfs keeps whole seconds as an unsigned 32-bit number. */
const MAX_SECONDS = 2 ** 32 - 1;

/**
 * The header of one entry for a tar that becomes a squashfs: ustar, with a PAX header before it for what
 * ustar cannot say. The root is "./", everything else is relative to it.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html
 */
export function encodeTarHeader(entry: EntryMetadata): Buffer {
  const name = archiveName(entry.path, entry.type);
  const linkName =
    entry.type === "hard-link"
      ? archiveName(entry.linkTarget ?? "", "file")
      : (entry.linkTarget ?? "");
  const records: Buffer[] = [];
  if (name.length >= 100) records.push(paxRecord("path", name));
  if (linkName.length >= 100) records.push(paxRecord("linkpath", linkName));
  if (entry.uid > MAX_OCTAL_7) records.push(paxRecord("uid", String(entry.uid)));
  if (entry.gid > MAX_OCTAL_7) records.push(paxRecord("gid", String(entry.gid)));
  if (entry.size > MAX_OCTAL_11) records.push(paxRecord("size", String(entry.size)));
  if (entry.type !== "hard-link") {
    for (const key of [...entry.extendedAttributes.keys()].sort()) {
      const value = Buffer.from(entry.extendedAttributes.get(key) ?? []).toString("latin1");
      records.push(paxRecord(`SCHILY.xattr.${key}`, value));
    }
  }
  const header = ustarHeader(entry, name, linkName);
  if (records.length === 0) return header;
  const data = Buffer.concat(records);
  return Buffer.concat([paxHeader(data.length), data, tarPadding(data.length), header]);
}

/** Zeros up to the next block. */
export function tarPadding(size: number): Buffer {
  return ZEROS.subarray(0, (BLOCK_SIZE - (size % BLOCK_SIZE)) % BLOCK_SIZE);
}

const ZEROS = Buffer.alloc(BLOCK_SIZE);

/** The two empty blocks at the end of an archive. */
export const END_OF_ARCHIVE = Buffer.alloc(2 * BLOCK_SIZE);

function archiveName(path: ByteString, type: EntryType): ByteString {
  if (path === "") return "./";
  return type === "directory" ? `${path}/` : path;
}

function paxHeader(size: number): Buffer {
  const header = Buffer.alloc(BLOCK_SIZE);
  header.write("PaxHeader", 0, "latin1");
  writeOctal(header, 100, 8, 0o644);
  writeOctal(header, 124, 12, size);
  return finishHeader(header, "x");
}

function ustarHeader(entry: EntryMetadata, name: ByteString, linkName: ByteString): Buffer {
  const header = Buffer.alloc(BLOCK_SIZE);
  header.write(name.slice(0, 100), 0, "latin1");
  writeOctal(header, 100, 8, entry.mode);
  writeOctal(header, 108, 8, Math.min(entry.uid, MAX_OCTAL_7));
  writeOctal(header, 116, 8, Math.min(entry.gid, MAX_OCTAL_7));
  writeOctal(header, 124, 12, Math.min(entry.size, MAX_OCTAL_11));
  writeOctal(header, 136, 12, clampSeconds(entry.modified.seconds));
  header.write(linkName.slice(0, 100), 157, "latin1");
  if (entry.device) {
    writeOctal(header, 329, 8, entry.device.major);
    writeOctal(header, 337, 8, entry.device.minor);
  }
  return finishHeader(header, TYPE_FLAGS[entry.type]);
}

function finishHeader(header: Buffer, typeFlag: string): Buffer {
  header.write(typeFlag, 156, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  header.fill(0x20, 148, 156);
  let sum = 0;
  for (let index = 0; index < BLOCK_SIZE; index++) sum += header[index] as number;
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

function writeOctal(header: Buffer, offset: number, width: number, value: number): void {
  header.write(value.toString(8).padStart(width - 1, "0"), offset, "latin1");
}

/** "LENGTH KEYWORD=VALUE\n", where LENGTH counts its own digits too. */
function paxRecord(keyword: ByteString, value: ByteString): Buffer {
  const rest = ` ${keyword}=${value}\n`;
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length)
    length = String(length).length + rest.length;
  return Buffer.from(`${length}${rest}`, "latin1");
}

function clampSeconds(seconds: number): number {
  return Math.min(Math.max(seconds, 0), MAX_SECONDS);
}
