import type { ByteString } from "../../oci/entry.ts";
import { ENTRIES_PER_HEADER } from "../format.ts";
import type { MetadataPlace } from "../superblock.ts";
import { damaged } from "./image-file.ts";
import type { ListingPlace } from "./inode-reader.ts";
import { MetadataCursor, type MetadataTable } from "./metadata-reader.ts";

const HEADER_SIZE = 12;
const ENTRY_SIZE = 8;
const MAX_NAME = 256;

export interface DirectoryEntry {
  readonly name: ByteString;
  /** Where its inode stands in the inode table. */
  readonly inode: MetadataPlace;
}

/**
 * The entries of a directory in the order of their names.
 *
 * @throws {GvmiFormatError} when names are impossible or not in order, or the listing ends early
 */
export async function* readListing(
  table: MetadataTable,
  place: ListingPlace,
): AsyncGenerator<DirectoryEntry> {
  const cursor = new MetadataCursor(table, place);
  let left = place.size;
  let previous = "";
  while (left > 0) {
    const header = await cursor.read(HEADER_SIZE);
    left -= HEADER_SIZE;
    const count = header.readUInt32LE(0) + 1;
    if (count > ENTRIES_PER_HEADER) throw damaged(`a directory's header for ${count} entries`);
    const block = header.readUInt32LE(4);
    for (let index = 0; index < count; index++) {
      const entry = await cursor.read(ENTRY_SIZE);
      const length = entry.readUInt16LE(6) + 1;
      if (length > MAX_NAME) throw damaged(`a name of ${length} bytes`);
      const name = (await cursor.read(length)).toString("latin1");
      left -= ENTRY_SIZE + length;
      if (left < 0) throw damaged("a directory's listing is longer than the directory");
      if (isImpossible(name) || name <= previous) throw damaged("a directory's names are wrong");
      previous = name;
      yield { name, inode: { block, offset: entry.readUInt16LE(0) } };
    }
  }
  if (left < 0) throw damaged("a directory's listing is longer than the directory");
}

function isImpossible(name: ByteString): boolean {
  return name === "." || name === ".." || name.includes("/") || name.includes("\0");
}
