import type { ByteString } from "../../oci/entry.ts";
import { ENTRIES_PER_HEADER, METADATA_BLOCK_SIZE } from "../format.ts";
import type { MetadataReference, MetadataWriter } from "./metadata-writer.ts";

const HEADER_SIZE = 12;
const ENTRY_SIZE = 8;
const MAX_DIFFERENCE = 32_767;

/** A name and what a listing says of its inode. */
export interface ListingEntry {
  readonly name: ByteString;
  readonly reference: MetadataReference;
  readonly number: number;
  readonly type: number;
}

/** One header of a large listing, by which a name is found without reading all before it. */
export interface IndexEntry {
  /** Bytes from the listing's start. */
  readonly offset: number;
  /** The position of the metadata block with the header, relative to the directory table. */
  readonly block: number;
  readonly name: ByteString;
}

export interface Listing {
  readonly reference: MetadataReference;
  readonly size: number;
  readonly index: readonly IndexEntry[];
}

/** Appends a directory's listing to the directory table. @param entries sorted by the bytes of their names */
export function appendListing(table: MetadataWriter, entries: readonly ListingEntry[]): Listing {
  const { reference } = table;
  const isLarge = listingSize(entries) > METADATA_BLOCK_SIZE;
  const index: IndexEntry[] = [];
  let size = 0;
  let indexedBlock = 0;
  for (let first = 0; first < entries.length; ) {
    const start = reference.offset + size;
    const room = isLarge ? METADATA_BLOCK_SIZE - (start % METADATA_BLOCK_SIZE) : Infinity;
    const end = runEnd(entries, first, room);
    const run = entries.slice(first, end);
    const metadataBlock = Math.floor(start / METADATA_BLOCK_SIZE);
    if (isLarge && metadataBlock > indexedBlock) {
      index.push({ offset: size, block: table.reference.block, name: run[0]?.name ?? "" });
      indexedBlock = metadataBlock;
    }
    const bytes = encodeRun(run);
    table.append(bytes);
    size += bytes.length;
    first = end;
  }
  return { reference, size, index };
}

function listingSize(entries: readonly ListingEntry[]): number {
  return entries.reduce((sum, { name }) => sum + ENTRY_SIZE + name.length, HEADER_SIZE);
}

/**
 * The end of a run of entries that can share a header.
 *
 * @param room bytes up to the end of the metadata block, behind which a new header follows
 */
function runEnd(entries: readonly ListingEntry[], first: number, room: number): number {
  const base = entries[first];
  let size = HEADER_SIZE;
  let end = first;
  for (; base && end < entries.length && end - first < ENTRIES_PER_HEADER; end++) {
    const entry = entries[end] as ListingEntry;
    if (entry.reference.block !== base.reference.block) break;
    if (Math.abs(entry.number - base.number) > MAX_DIFFERENCE) break;
    if (size >= room && end > first) break;
    size += ENTRY_SIZE + entry.name.length;
  }
  return end;
}

function encodeRun(run: readonly ListingEntry[]): Buffer {
  const bytes = Buffer.allocUnsafe(listingSize(run));
  const [base] = run;
  bytes.writeUInt32LE(run.length - 1, 0);
  bytes.writeUInt32LE(base?.reference.block ?? 0, 4);
  bytes.writeUInt32LE(base?.number ?? 0, 8);
  let offset = HEADER_SIZE;
  for (const { name, reference, number, type } of run) {
    bytes.writeUInt16LE(reference.offset, offset);
    bytes.writeInt16LE(number - (base?.number ?? 0), offset + 2);
    bytes.writeUInt16LE(type, offset + 4);
    bytes.writeUInt16LE(name.length - 1, offset + 6);
    bytes.write(name, offset + ENTRY_SIZE, "latin1");
    offset += ENTRY_SIZE + name.length;
  }
  return bytes;
}
