import { type FileHandle, open } from "node:fs/promises";
import { GvmiFormatError } from "../errors.ts";
import { type ByteString, displayName, type Entry } from "../oci/entry.ts";
import type { StoredContent } from "./read/content-reader.ts";
import { readListing } from "./read/directory-reader.ts";
import { damaged } from "./read/image-file.ts";
import { type FileData, type Inode, readInode } from "./read/inode-reader.ts";
import { type ImageTables, openImage } from "./read/open-image.ts";
import type { MetadataPlace, Superblock } from "./superblock.ts";

/** More than an image may have: a damaged one must not be read for ever. */
const MAX_ENTRIES = 2_000_000;
const MAX_PATH = 65_536;

/** One path of an image. */
export interface SquashfsEntry extends Entry {
  /** The same for all names of one file. */
  readonly inodeNumber: number;
}

/**
 * Reads a squashfs image that is compressed with gzip. Whatever the image contains, it costs bounded memory.
 *
 * @see https://dr-emann.github.io/squashfs/
 */
export class SquashfsReader {
  readonly superblock: Superblock;
  private readonly tables: ImageTables;
  private readonly ownHandle: FileHandle | undefined;
  private readonly places = new WeakMap<SquashfsEntry, FileData>();

  private constructor(tables: ImageTables, ownHandle: FileHandle | undefined) {
    this.superblock = tables.superblock;
    this.tables = tables;
    this.ownHandle = ownHandle;
  }

  /**
   * @param file a path, or a file that stays open
   * @param size bytes that the image may have; the whole file by default
   * @throws {GvmiFormatError} when it is no sound image, or compressed with something else than gzip
   */
  static async open(file: string | FileHandle, size?: number): Promise<SquashfsReader> {
    const ownHandle = typeof file === "string" ? await open(file, "r") : undefined;
    const handle = ownHandle ?? (file as FileHandle);
    try {
      return new SquashfsReader(await openImage(handle, size), ownHandle);
    } catch (error) {
      await ownHandle?.close();
      throw error;
    }
  }

  /** Closes the file if it was given by its path. */
  async close(): Promise<void> {
    await this.ownHandle?.close();
  }

  /**
   * Everything in the image: directories before what they contain, in the order of names; of several names
   * of one file, all but the first as hard links to the first. Contents can be read as long as the reader
   * is open, in any order.
   *
   * @throws {GvmiFormatError} when the image is damaged
   * @throws the abort reason
   */
  async *entries(signal?: AbortSignal): AsyncGenerator<SquashfsEntry> {
    const firstPaths = new Map<number, ByteString>();
    const seenDirectories = new Set<number>();
    const pending: { path: ByteString; place: MetadataPlace }[] = [
      { path: "", place: this.superblock.rootInode },
    ];
    let count = 0;
    for (let next = pending.pop(); next; next = pending.pop()) {
      signal?.throwIfAborted();
      const { path, place } = next;
      if (++count > MAX_ENTRIES || path.length > MAX_PATH) throw damaged("it has no end");
      const inode = await this.readInode(place);
      const linkTarget = firstPaths.get(inode.number);
      yield await this.describe(path, inode, linkTarget);
      if (inode.listing) {
        if (seenDirectories.has(inode.number)) throw damaged("a directory is in two places");
        seenDirectories.add(inode.number);
        const children: typeof pending = [];
        for await (const { name, inode: child } of readListing(
          this.tables.directories,
          inode.listing,
        )) {
          if (children.push({ path: join(path, name), place: child }) > MAX_ENTRIES) {
            throw damaged("a directory has no end");
          }
        }
        for (let child = children.pop(); child; child = children.pop()) pending.push(child);
      } else if (inode.linkCount > 1 && linkTarget === undefined) {
        firstPaths.set(inode.number, path);
      }
    }
  }

  /**
   * One path, without following symlinks.
   *
   * @param path relative to the root, "" for the root itself
   * @throws {GvmiFormatError} when the image is damaged
   */
  async find(path: ByteString): Promise<SquashfsEntry | undefined> {
    let inode = await this.readInode(this.superblock.rootInode);
    for (const component of path === "" ? [] : path.split("/")) {
      const place = await this.findIn(inode, component);
      if (!place) return undefined;
      inode = await this.readInode(place);
    }
    return await this.describe(path, inode, undefined);
  }

  /**
   * What the content of a file takes in the image; undefined for what is no file.
   *
   * @throws {GvmiFormatError} when the image is damaged
   */
  async stored(entry: SquashfsEntry): Promise<StoredContent | undefined> {
    const place = this.places.get(entry);
    return place && (await this.tables.contents.stored(place));
  }

  /**
   * Compressed bytes of a block that holds the ends of several files.
   *
   * @throws {GvmiFormatError} when there is no such block
   */
  async fragmentBytes(fragment: number): Promise<number> {
    return await this.tables.contents.fragmentBytes(fragment);
  }

  private async findIn(inode: Inode, name: ByteString): Promise<MetadataPlace | undefined> {
    if (!inode.listing) return undefined;
    for await (const entry of readListing(this.tables.directories, inode.listing)) {
      if (entry.name === name) return entry.inode;
    }
    return undefined;
  }

  private async readInode(place: MetadataPlace): Promise<Inode> {
    return await readInode(this.tables.inodes, place, this.superblock.inodeCount);
  }

  private async describe(
    path: ByteString,
    inode: Inode,
    linkTarget: ByteString | undefined,
  ): Promise<SquashfsEntry> {
    const { type, file } = inode;
    if (path === "" && type !== "directory") throw damaged("its root is no directory");
    if (type === "socket") {
      throw new GvmiFormatError(`Its squashfs image has a socket, "${displayName(path)}".`);
    }
    const attributes = {
      path,
      mode: inode.mode,
      uid: await this.id(inode.uidIndex),
      gid: await this.id(inode.gidIndex),
      modified: { seconds: inode.modified, nanoseconds: 0 },
      extendedAttributes: (await this.tables.xattrs?.read(inode.xattrId)) ?? new Map(),
      inodeNumber: inode.number,
    };
    if (linkTarget !== undefined) return { ...attributes, type: "hard-link", size: 0, linkTarget };
    const entry: SquashfsEntry = {
      ...attributes,
      type,
      size: file?.size ?? 0,
      ...(inode.target !== undefined && { linkTarget: inode.target }),
      ...(inode.device && { device: inode.device }),
      ...(file && { content: { [Symbol.asyncIterator]: () => this.tables.contents.read(file) } }),
    };
    if (file) this.places.set(entry, file);
    return entry;
  }

  private async id(index: number): Promise<number> {
    return (await this.tables.ids.entry(index)).readUInt32LE();
  }
}

function join(directory: ByteString, name: ByteString): ByteString {
  return directory === "" ? name : `${directory}/${name}`;
}
