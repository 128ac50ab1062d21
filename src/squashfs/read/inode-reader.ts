import type { ByteString, EntryMetadata } from "../../oci/entry.ts";
import { EXTENDED, INODE_TYPES, LISTING_EXTRA_SIZE, NONE } from "../format.ts";
import type { MetadataPlace } from "../superblock.ts";
import { damaged } from "./image-file.ts";
import { MetadataCursor, type MetadataTable } from "./metadata-reader.ts";

/** PATH_MAX of Linux. */
const MAX_TARGET = 4096;

export type InodeType = keyof typeof INODE_TYPES | "socket";

const TYPES = new Map<number, InodeType>([
  ...Object.entries(INODE_TYPES).map(([name, type]) => [type, name as InodeType] as const),
  [7, "socket"],
]);

/** Where a file's content lies. */
export interface FileData {
  readonly start: number;
  readonly size: number;
  /** The number of the block with the end of the content, or NONE. */
  readonly fragment: number;
  readonly fragmentOffset: number;
  /** Where the sizes of its blocks stand in the inode table. */
  readonly blockSizes: MetadataPlace;
}

/** Where a directory's listing stands in the directory table. */
export interface ListingPlace extends MetadataPlace {
  readonly size: number;
}

export interface Inode {
  readonly type: InodeType;
  readonly mode: number;
  readonly uidIndex: number;
  readonly gidIndex: number;
  /** Seconds since the epoch. */
  readonly modified: number;
  readonly number: number;
  readonly linkCount: number;
  /** NONE when it has no extended attributes. */
  readonly xattrId: number;
  readonly file?: FileData;
  readonly listing?: ListingPlace;
  readonly target?: ByteString;
  readonly device?: NonNullable<EntryMetadata["device"]>;
}

type Details = Omit<Inode, "type" | "mode" | "uidIndex" | "gidIndex" | "modified" | "number">;

/** @param inodeCount of the image @throws {GvmiFormatError} */
export async function readInode(
  table: MetadataTable,
  place: MetadataPlace,
  inodeCount: number,
): Promise<Inode> {
  const cursor = new MetadataCursor(table, place);
  const header = await cursor.read(16);
  const number = header.readUInt32LE(12);
  const typeNumber = header.readUInt16LE(0);
  const isExtended = typeNumber > EXTENDED;
  const type = TYPES.get(isExtended ? typeNumber - EXTENDED : typeNumber);
  if (type === undefined) throw damaged(`an inode of the unknown type ${typeNumber}`);
  if (number === 0 || number > inodeCount) throw damaged(`an inode has the number ${number}`);
  return {
    type,
    mode: header.readUInt16LE(2) & 0o7777,
    uidIndex: header.readUInt16LE(4),
    gidIndex: header.readUInt16LE(6),
    modified: header.readUInt32LE(8),
    number,
    ...(await readDetails(cursor, type, isExtended)),
  };
}

async function readDetails(
  cursor: MetadataCursor,
  type: InodeType,
  isExtended: boolean,
): Promise<Details> {
  switch (type) {
    case "directory":
      return await (isExtended ? readExtendedDirectory(cursor) : readDirectory(cursor));
    case "file":
      return await (isExtended ? readExtendedFile(cursor) : readFile(cursor));
    case "symlink":
      return await readSymlink(cursor, isExtended);
    case "block-device":
    case "character-device":
      return await readDevice(cursor, isExtended);
    default: {
      const bytes = await cursor.read(4);
      return { linkCount: bytes.readUInt32LE(), xattrId: await readXattrId(cursor, isExtended) };
    }
  }
}

async function readDirectory(cursor: MetadataCursor): Promise<Details> {
  const bytes = await cursor.read(16);
  const listing = listingPlace(
    bytes.readUInt32LE(0),
    bytes.readUInt16LE(10),
    bytes.readUInt16LE(8),
  );
  return { linkCount: bytes.readUInt32LE(4), xattrId: NONE, listing };
}

async function readExtendedDirectory(cursor: MetadataCursor): Promise<Details> {
  const bytes = await cursor.read(24);
  const listing = listingPlace(
    bytes.readUInt32LE(8),
    bytes.readUInt16LE(18),
    bytes.readUInt32LE(4),
  );
  return { linkCount: bytes.readUInt32LE(0), xattrId: bytes.readUInt32LE(20), listing };
}

function listingPlace(block: number, offset: number, size: number): ListingPlace {
  return { block, offset, size: Math.max(0, size - LISTING_EXTRA_SIZE) };
}

async function readFile(cursor: MetadataCursor): Promise<Details> {
  const bytes = await cursor.read(16);
  const file = {
    start: bytes.readUInt32LE(0),
    fragment: bytes.readUInt32LE(4),
    fragmentOffset: bytes.readUInt32LE(8),
    size: bytes.readUInt32LE(12),
    blockSizes: cursor.place,
  };
  return { linkCount: 1, xattrId: NONE, file };
}

async function readExtendedFile(cursor: MetadataCursor): Promise<Details> {
  const bytes = await cursor.read(40);
  const file = {
    start: Number(bytes.readBigUInt64LE(0)),
    size: Number(bytes.readBigUInt64LE(8)),
    fragment: bytes.readUInt32LE(28),
    fragmentOffset: bytes.readUInt32LE(32),
    blockSizes: cursor.place,
  };
  if (!Number.isSafeInteger(file.size)) throw damaged(`a file of ${file.size} bytes`);
  return { linkCount: bytes.readUInt32LE(24), xattrId: bytes.readUInt32LE(36), file };
}

async function readSymlink(cursor: MetadataCursor, isExtended: boolean): Promise<Details> {
  const bytes = await cursor.read(8);
  const size = bytes.readUInt32LE(4);
  if (size === 0 || size > MAX_TARGET) throw damaged(`a symlink's target of ${size} bytes`);
  const target = (await cursor.read(size)).toString("latin1");
  return {
    linkCount: bytes.readUInt32LE(0),
    xattrId: await readXattrId(cursor, isExtended),
    target,
  };
}

async function readDevice(cursor: MetadataCursor, isExtended: boolean): Promise<Details> {
  const bytes = await cursor.read(8);
  const device = bytes.readUInt32LE(4);
  return {
    linkCount: bytes.readUInt32LE(0),
    xattrId: await readXattrId(cursor, isExtended),
    device: {
      major: (device >>> 8) & 0xfff,
      minor: (device & 0xff) | ((device >>> 12) & 0xf_ff00),
    },
  };
}

async function readXattrId(cursor: MetadataCursor, isExtended: boolean): Promise<number> {
  return isExtended ? (await cursor.read(4)).readUInt32LE() : NONE;
}
