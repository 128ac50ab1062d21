import type { ByteString, EntryType, Timestamp } from "./entry.ts";
import { NO_EXTENDED_ATTRIBUTES } from "./extended-attributes.ts";
import type { TarEntry } from "./tar-entry.ts";
import type { SparseSegment } from "./tar-sparse.ts";

/** An index into the table. Inodes of later entries have larger numbers. */
export type InodeNumber = number;

/** Their positions are what the table stores. */
const TYPES: readonly EntryType[] = [
  "directory",
  "file",
  "symlink",
  "hard-link",
  "character-device",
  "block-device",
  "fifo",
];
const DIRECTORY = TYPES.indexOf("directory");
const SYMLINK = TYPES.indexOf("symlink");

const FIRST_CAPACITY = 1024;

interface Device {
  readonly major: number;
  readonly minor: number;
}

/** Where the bytes of a file are. */
export interface FileContent {
  /** Index of the layer that stores it. */
  readonly layer: number;
  /** Of the first byte stored, in the uncompressed layer. */
  readonly offset: number;
  /** Of the file, with its holes. */
  readonly size: number;
  /** For a sparse file only. */
  readonly segments: readonly SparseSegment[] | undefined;
}

/**
 * The inodes of an image. Images may have a million, so each is a row of numbers in typed arrays (about 50
 * bytes), and what few inodes have lies in maps beside them.
 */
export class InodeTable {
  length = 0;
  private types = new Uint8Array(FIRST_CAPACITY);
  private links = new Uint8Array(FIRST_CAPACITY);
  private modes = new Uint16Array(FIRST_CAPACITY);
  private pathLengths = new Uint16Array(FIRST_CAPACITY);
  private layers = new Uint32Array(FIRST_CAPACITY);
  private uids = new Uint32Array(FIRST_CAPACITY);
  private gids = new Uint32Array(FIRST_CAPACITY);
  private nanoseconds = new Uint32Array(FIRST_CAPACITY);
  private seconds = new Float64Array(FIRST_CAPACITY);
  private sizes = new Float64Array(FIRST_CAPACITY);
  private offsets = new Float64Array(FIRST_CAPACITY);
  private readonly childMaps = new Map<InodeNumber, Map<ByteString, InodeNumber>>();
  private readonly linkTargets = new Map<InodeNumber, ByteString>();
  private readonly devices = new Map<InodeNumber, Device>();
  private readonly segments = new Map<InodeNumber, readonly SparseSegment[]>();
  private readonly attributes = new Map<InodeNumber, ReadonlyMap<ByteString, Uint8Array>>();

  /** Adds a row for an entry of a layer, a hard link too, though it will not be an inode of its own. */
  add(entry: TarEntry, layer: number): InodeNumber {
    const inode = this.newRow(TYPES.indexOf(entry.type));
    this.modes[inode] = entry.mode;
    this.uids[inode] = entry.uid;
    this.gids[inode] = entry.gid;
    this.seconds[inode] = entry.modified.seconds;
    this.nanoseconds[inode] = entry.modified.nanoseconds;
    this.layers[inode] = layer;
    if (entry.extendedAttributes.size > 0) this.attributes.set(inode, entry.extendedAttributes);
    if (entry.content) {
      this.sizes[inode] = entry.size;
      this.offsets[inode] = entry.content.offset;
      if (entry.content.segments) this.segments.set(inode, entry.content.segments);
    }
    if (entry.type === "symlink" || entry.type === "hard-link") {
      this.linkTargets.set(inode, entry.linkName);
    }
    if (entry.device) this.devices.set(inode, entry.device);
    return inode;
  }

  /** Adds a directory that no layer describes: root's, mode 0755, of 1970, the same on every run. */
  addImplicitDirectory(): InodeNumber {
    const inode = this.newRow(DIRECTORY);
    this.modes[inode] = 0o755;
    return inode;
  }

  /** Gives an inode the mode, owner, time and extended attributes of another. */
  copyAttributes(from: InodeNumber, to: InodeNumber): void {
    this.modes[to] = this.modes[from] as number;
    this.uids[to] = this.uids[from] as number;
    this.gids[to] = this.gids[from] as number;
    this.seconds[to] = this.seconds[from] as number;
    this.nanoseconds[to] = this.nanoseconds[from] as number;
    const attributes = this.attributes.get(from);
    if (attributes) this.attributes.set(to, attributes);
    else this.attributes.delete(to);
  }

  /** The names in a directory; to be changed only through `children`. */
  existingChildren(directory: InodeNumber): ReadonlyMap<ByteString, InodeNumber> | undefined {
    return this.childMaps.get(directory);
  }

  children(directory: InodeNumber): Map<ByteString, InodeNumber> {
    let children = this.childMaps.get(directory);
    if (!children) {
      children = new Map();
      this.childMaps.set(directory, children);
    }
    return children;
  }

  /** The names in a directory in the order of their bytes. */
  sortedChildren(directory: InodeNumber): ReadonlyMap<ByteString, InodeNumber> | undefined {
    const children = this.childMaps.get(directory);
    if (!children || isInOrder(children.keys())) return children;
    const sorted = new Map([...children].sort(([left], [right]) => (left < right ? -1 : 1)));
    this.childMaps.set(directory, sorted);
    return sorted;
  }

  isDirectory(inode: InodeNumber): boolean {
    return this.types[inode] === DIRECTORY;
  }

  isSymlink(inode: InodeNumber): boolean {
    return this.types[inode] === SYMLINK;
  }

  type(inode: InodeNumber): EntryType {
    return TYPES[this.types[inode] as number] as EntryType;
  }

  /** Of a symlink, its text; of a row for a hard link, the name that the archive gives. */
  linkTarget(inode: InodeNumber): ByteString {
    return this.linkTargets.get(inode) ?? "";
  }

  device(inode: InodeNumber): Device {
    return this.devices.get(inode) ?? { major: 0, minor: 0 };
  }

  mode(inode: InodeNumber): number {
    return this.modes[inode] as number;
  }

  uid(inode: InodeNumber): number {
    return this.uids[inode] as number;
  }

  gid(inode: InodeNumber): number {
    return this.gids[inode] as number;
  }

  modified(inode: InodeNumber): Timestamp {
    return {
      seconds: this.seconds[inode] as number,
      nanoseconds: this.nanoseconds[inode] as number,
    };
  }

  extendedAttributes(inode: InodeNumber): ReadonlyMap<ByteString, Uint8Array> {
    return this.attributes.get(inode) ?? NO_EXTENDED_ATTRIBUTES;
  }

  size(inode: InodeNumber): number {
    return this.sizes[inode] as number;
  }

  content(inode: InodeNumber): FileContent {
    return {
      layer: this.layers[inode] as number,
      offset: this.offsets[inode] as number,
      size: this.size(inode),
      segments: this.segments.get(inode),
    };
  }

  /** Bytes of a directory's path, which never changes: nothing in a layer moves a directory. */
  pathLength(directory: InodeNumber): number {
    return this.pathLengths[directory] as number;
  }

  setPathLength(directory: InodeNumber, length: number): void {
    this.pathLengths[directory] = length;
  }

  /** Whether a hard link was ever made to it, so that more than one path may lead to it. */
  isLinked(inode: InodeNumber): boolean {
    return this.links[inode] === 1;
  }

  markLinked(inode: InodeNumber): void {
    this.links[inode] = 1;
  }

  private newRow(type: number): InodeNumber {
    if (this.length === this.types.length) this.grow();
    this.types[this.length] = type;
    return this.length++;
  }

  private grow(): void {
    this.types = twice(this.types, Uint8Array);
    this.links = twice(this.links, Uint8Array);
    this.modes = twice(this.modes, Uint16Array);
    this.pathLengths = twice(this.pathLengths, Uint16Array);
    this.layers = twice(this.layers, Uint32Array);
    this.uids = twice(this.uids, Uint32Array);
    this.gids = twice(this.gids, Uint32Array);
    this.nanoseconds = twice(this.nanoseconds, Uint32Array);
    this.seconds = twice(this.seconds, Float64Array);
    this.sizes = twice(this.sizes, Float64Array);
    this.offsets = twice(this.offsets, Float64Array);
  }
}

function twice<Column extends { length: number; set(values: Column): void }>(
  column: Column,
  Type: new (length: number) => Column,
): Column {
  const grown = new Type(column.length * 2);
  grown.set(column);
  return grown;
}

function isInOrder(names: Iterable<ByteString>): boolean {
  let previous: ByteString | undefined;
  for (const name of names) {
    if (previous !== undefined && previous > name) return false;
    previous = name;
  }
  return true;
}
