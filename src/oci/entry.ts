/**
 * A string in which each character is one byte (0x00 to 0xff), as `Buffer.toString("latin1")` makes it.
 * File names on Linux are bytes, not text: this keeps names that are not UTF-8 exact and still usable
 * as map keys. Use `displayName` to show one to a person.
 */
export type ByteString = string;

/** A point in time since the Unix epoch; `nanoseconds` is 0 to 999,999,999, also before the epoch. */
export interface Timestamp {
  readonly seconds: number;
  readonly nanoseconds: number;
}

export type EntryType =
  | "file"
  | "directory"
  | "symlink"
  | "hard-link"
  | "character-device"
  | "block-device"
  | "fifo";

/** What a flattened image says of one path. */
export interface EntryMetadata {
  /** Relative to the image's root, without a leading slash; "" is the root itself. */
  readonly path: ByteString;
  readonly type: EntryType;
  /** Permission bits with setuid, setgid and sticky (07777). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modified: Timestamp;
  /** Bytes of content; 0 for everything but files. */
  readonly size: number;
  /** For a symlink, its text; for a hard link, the path (as `path` above) of the entry it names. */
  readonly linkTarget?: ByteString;
  /** For devices. */
  readonly device?: { readonly major: number; readonly minor: number };
  /** Names as `security.capability`, values as bytes. */
  readonly extendedAttributes: ReadonlyMap<ByteString, Uint8Array>;
}

/** Everything in a flattened image: to be iterated again and again, or asked for one path. */
export interface FileIndex extends Iterable<EntryMetadata> {
  /** One path, without following symlinks; another name of a file is described as the file. */
  find(path: ByteString): EntryMetadata | undefined;
}

/** One path of a flattened image with its content, in an ordered stream. */
export interface Entry extends EntryMetadata {
  /**
   * The bytes of a file, `size` of them. To be read to its end, once, before the next entry is asked for;
   * absent for everything but files.
   */
  readonly content?: AsyncIterable<Uint8Array>;
}

/** A name as a person can read it: UTF-8 where it is, with control characters and stray bytes escaped. */
export function displayName(name: ByteString): string {
  const bytes = Buffer.from(name, "latin1");
  const text = bytes.toString("utf8");
  const exact = Buffer.from(text, "utf8").equals(bytes) ? text : name;
  return exact.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split("")
      .map((unit) => {
        const code = unit.charCodeAt(0);
        return code < 256
          ? `\\x${code.toString(16).padStart(2, "0")}`
          : `\\u${code.toString(16).padStart(4, "0")}`;
      })
      .join(""),
  );
}
