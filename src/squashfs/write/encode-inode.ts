import type { ByteString } from "../../oci/entry.ts";
import { EXTENDED, LISTING_EXTRA_SIZE, NONE } from "../format.ts";
import type { Listing } from "./directory-listing.ts";
import type { FileLayout } from "./file-layouts.ts";

const HEADER_SIZE = 16;
const MAX_UINT16 = 0xffff;
const MAX_UINT32 = 0xffff_ffff;

/** What every inode says. */
export interface InodeHeader {
  /** The number of its type in its basic form. */
  readonly type: number;
  readonly mode: number;
  readonly uidIndex: number;
  readonly gidIndex: number;
  readonly modified: number;
  readonly number: number;
  readonly linkCount: number;
  readonly xattrId: number;
}

export function encodeDirectory(header: InodeHeader, listing: Listing, parent: number): Buffer {
  const size = listing.size + LISTING_EXTRA_SIZE;
  const isBasic = header.xattrId === NONE && listing.index.length === 0 && size <= MAX_UINT16;
  const { block, offset } = listing.reference;
  if (isBasic) {
    const bytes = start(header, 16, 0);
    bytes.writeUInt32LE(block, HEADER_SIZE);
    bytes.writeUInt32LE(header.linkCount, HEADER_SIZE + 4);
    bytes.writeUInt16LE(size, HEADER_SIZE + 8);
    bytes.writeUInt16LE(offset, HEADER_SIZE + 10);
    bytes.writeUInt32LE(parent, HEADER_SIZE + 12);
    return bytes;
  }
  const index = listing.index.slice(0, MAX_UINT16);
  const bytes = start(header, 24, EXTENDED);
  bytes.writeUInt32LE(header.linkCount, HEADER_SIZE);
  bytes.writeUInt32LE(size, HEADER_SIZE + 4);
  bytes.writeUInt32LE(block, HEADER_SIZE + 8);
  bytes.writeUInt32LE(parent, HEADER_SIZE + 12);
  bytes.writeUInt16LE(index.length, HEADER_SIZE + 16);
  bytes.writeUInt16LE(offset, HEADER_SIZE + 18);
  bytes.writeUInt32LE(header.xattrId, HEADER_SIZE + 20);
  return Buffer.concat([bytes, ...index.map(encodeIndexEntry)]);
}

function encodeIndexEntry({ offset, block, name }: Listing["index"][number]): Buffer {
  const bytes = Buffer.alloc(12 + name.length);
  bytes.writeUInt32LE(offset, 0);
  bytes.writeUInt32LE(block, 4);
  bytes.writeUInt32LE(name.length - 1, 8);
  bytes.write(name, 12, "latin1");
  return bytes;
}

/** @param blockSizeWord what the inode says of each block */
export function encodeFile(
  header: InodeHeader,
  layout: FileLayout,
  blockSizeWord: (index: number) => number,
): Buffer {
  const isBasic =
    header.xattrId === NONE &&
    header.linkCount === 1 &&
    layout.sparse === 0 &&
    layout.start <= MAX_UINT32 &&
    layout.size <= MAX_UINT32;
  const fixed = isBasic ? 16 : 40;
  const bytes = start(header, fixed + 4 * layout.blockCount, isBasic ? 0 : EXTENDED);
  if (isBasic) {
    bytes.writeUInt32LE(layout.start, HEADER_SIZE);
    bytes.writeUInt32LE(layout.fragment, HEADER_SIZE + 4);
    bytes.writeUInt32LE(layout.fragmentOffset, HEADER_SIZE + 8);
    bytes.writeUInt32LE(layout.size, HEADER_SIZE + 12);
  } else {
    bytes.writeBigUInt64LE(BigInt(layout.start), HEADER_SIZE);
    bytes.writeBigUInt64LE(BigInt(layout.size), HEADER_SIZE + 8);
    bytes.writeBigUInt64LE(BigInt(layout.sparse), HEADER_SIZE + 16);
    bytes.writeUInt32LE(header.linkCount, HEADER_SIZE + 24);
    bytes.writeUInt32LE(layout.fragment, HEADER_SIZE + 28);
    bytes.writeUInt32LE(layout.fragmentOffset, HEADER_SIZE + 32);
    bytes.writeUInt32LE(header.xattrId, HEADER_SIZE + 36);
  }
  for (let index = 0; index < layout.blockCount; index++) {
    bytes.writeUInt32LE(blockSizeWord(index), HEADER_SIZE + fixed + 4 * index);
  }
  return bytes;
}

export function encodeSymlink(header: InodeHeader, target: ByteString): Buffer {
  const detail = Buffer.alloc(4 + target.length);
  detail.writeUInt32LE(target.length);
  detail.write(target, 4, "latin1");
  return withLinkCount(header, detail);
}

/** @param device its number as Linux encodes it */
export function encodeDevice(header: InodeHeader, device: number): Buffer {
  const detail = Buffer.alloc(4);
  detail.writeUInt32LE(device);
  return withLinkCount(header, detail);
}

export function encodeFifo(header: InodeHeader): Buffer {
  return withLinkCount(header, Buffer.alloc(0));
}

/** The form that all but directories and files share. */
function withLinkCount(header: InodeHeader, detail: Buffer): Buffer {
  const isBasic = header.xattrId === NONE;
  const size = 4 + detail.length + (isBasic ? 0 : 4);
  const bytes = start(header, size, isBasic ? 0 : EXTENDED);
  bytes.writeUInt32LE(header.linkCount, HEADER_SIZE);
  bytes.set(detail, HEADER_SIZE + 4);
  if (!isBasic) bytes.writeUInt32LE(header.xattrId, HEADER_SIZE + 4 + detail.length);
  return bytes;
}

/** @param size bytes behind the header @param form 0 or EXTENDED */
function start(header: InodeHeader, size: number, form: number): Buffer {
  const bytes = Buffer.alloc(HEADER_SIZE + size);
  bytes.writeUInt16LE(header.type + form, 0);
  bytes.writeUInt16LE(header.mode, 2);
  bytes.writeUInt16LE(header.uidIndex, 4);
  bytes.writeUInt16LE(header.gidIndex, 6);
  bytes.writeUInt32LE(header.modified, 8);
  bytes.writeUInt32LE(header.number, 12);
  return bytes;
}
