/** Sorts of contents that resemble each other. */
export type ContentKind = "program" | "text" | "compressed" | "binary";

/** Bytes that are looked at. */
const HEAD_BYTES = 512;

/** Magic numbers, as bytes: ELF; then gzip, xz, zstd, bzip2, zip, PNG and JPEG. */
const PROGRAM_MAGIC = "\x7fELF";
const COMPRESSED_MAGICS = [
  "\x1f\x8b",
  "\xfd7zXZ",
  "\x28\xb5\x2f\xfd",
  "BZh",
  "PK\x03\x04",
  "\x89PNG",
  "\xff\xd8\xff",
];

/** What a content is by its first bytes. Text has no NUL in them. */
export function kindOfContent(content: Uint8Array): ContentKind {
  const head = Buffer.from(
    content.buffer,
    content.byteOffset,
    Math.min(content.length, HEAD_BYTES),
  );
  const magic = head.toString("latin1", 0, 6);
  if (magic.startsWith(PROGRAM_MAGIC)) return "program";
  if (COMPRESSED_MAGICS.some((known) => magic.startsWith(known))) return "compressed";
  return head.includes(0) ? "binary" : "text";
}
