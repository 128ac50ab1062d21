import type { Entry } from "../../src/oci/entry.ts";

/** An entry with plain attributes; a directory unless told otherwise. */
export function entry(path: string, extra: Partial<Entry> = {}): Entry {
  return {
    path,
    type: "directory",
    mode: 0o755,
    uid: 0,
    gid: 0,
    modified: { seconds: 1_700_000_000, nanoseconds: 0 },
    size: 0,
    extendedAttributes: new Map(),
    ...extra,
  };
}

export function fileEntry(
  path: string,
  content: string | Buffer = path,
  extra: Partial<Entry> = {},
): Entry {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  async function* chunks() {
    if (bytes.length > 0) yield bytes;
  }
  return entry(path, {
    type: "file",
    mode: 0o644,
    size: bytes.length,
    content: chunks(),
    ...extra,
  });
}
