import type { ByteString, EntryType, Timestamp } from "./entry.ts";
import type { SparseSegment } from "./tar-sparse.ts";

/** Where the bytes of a file are in an uncompressed tar. */
export interface StoredContent {
  readonly offset: number;
  /** Bytes stored; without the holes of a sparse file. */
  readonly size: number;
  /** For a sparse file only: where its bytes belong. */
  readonly segments: readonly SparseSegment[] | undefined;
}

/** One entry as the archive has it: its name may be absolute, contain "..", or be a whiteout. */
export interface TarEntry {
  readonly name: ByteString;
  readonly type: EntryType;
  readonly linkName: ByteString;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modified: Timestamp;
  /** Bytes of content with the holes of a sparse file; 0 for everything but files. */
  readonly size: number;
  readonly device: { readonly major: number; readonly minor: number } | undefined;
  readonly extendedAttributes: ReadonlyMap<ByteString, Uint8Array>;
  readonly droppedAttributes: readonly ByteString[];
  /** For files. */
  readonly content: StoredContent | undefined;
}
