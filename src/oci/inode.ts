import type { ByteString, Timestamp } from "./entry.ts";
import { NO_EXTENDED_ATTRIBUTES } from "./extended-attributes.ts";
import type { StoredContent } from "./tar-entry.ts";

/** What every inode has. */
export interface InodeAttributes {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly modified: Timestamp;
  readonly extendedAttributes: ReadonlyMap<ByteString, Uint8Array>;
}

interface InodeBase {
  attributes: InodeAttributes;
  /** Whether a hard link was ever made to it, so that more than one path may lead to it. */
  linked: boolean;
}

export interface DirectoryInode extends InodeBase {
  readonly type: "directory";
  readonly children: Map<ByteString, Inode>;
  /** Bytes of its path, which never changes: nothing in a layer moves a directory. */
  readonly pathLength: number;
}

export interface FileInode extends InodeBase {
  readonly type: "file";
  readonly size: number;
  /** Index of the layer that stores the content. */
  readonly layer: number;
  readonly content: StoredContent;
}

export interface SymlinkInode extends InodeBase {
  readonly type: "symlink";
  readonly target: ByteString;
}

export interface SpecialInode extends InodeBase {
  readonly type: "character-device" | "block-device" | "fifo";
  readonly device: { readonly major: number; readonly minor: number } | undefined;
}

export type Inode = DirectoryInode | FileInode | SymlinkInode | SpecialInode;

/** For directories that no layer describes: the same on every run. */
export const IMPLICIT_DIRECTORY: InodeAttributes = {
  mode: 0o755,
  uid: 0,
  gid: 0,
  modified: { seconds: 0, nanoseconds: 0 },
  extendedAttributes: NO_EXTENDED_ATTRIBUTES,
};

export function newDirectory(attributes: InodeAttributes, pathLength: number): DirectoryInode {
  return { type: "directory", attributes, linked: false, children: new Map(), pathLength };
}
