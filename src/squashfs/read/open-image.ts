import type { FileHandle } from "node:fs/promises";
import { GvmiFormatError } from "../../errors.ts";
import { FRAGMENT_ENTRY_SIZE } from "../format.ts";
import { readSuperblock, type Superblock } from "../superblock.ts";
import { ContentReader } from "./content-reader.ts";
import { damaged, ImageFile } from "./image-file.ts";
import { LookupTable } from "./lookup-table.ts";
import { MetadataReader, type MetadataTable } from "./metadata-reader.ts";
import { XattrReader } from "./xattr-reader.ts";

/** The tables of an open image. */
export interface ImageTables {
  readonly superblock: Superblock;
  readonly inodes: MetadataTable;
  readonly directories: MetadataTable;
  readonly ids: LookupTable;
  readonly xattrs: XattrReader | undefined;
  readonly contents: ContentReader;
}

/**
 * @param size bytes that the image may have; the whole file by default
 * @throws {GvmiFormatError} when it is no sound image, or compressed with something else than gzip
 */
export async function openImage(handle: FileHandle, size?: number): Promise<ImageTables> {
  const superblock = await readSuperblock(handle, size);
  if (superblock.compression !== "gzip") {
    throw new GvmiFormatError(
      `Its squashfs image is compressed with ${superblock.compression}, in which this tool cannot look; it reads gzip alone.`,
      { hint: "`unsquashfs` of squashfs-tools reads it." },
    );
  }
  const { tables, bytesUsed, blockSize, fragmentCount, idCount } = superblock;
  const file = new ImageFile(handle, bytesUsed);
  const reader = new MetadataReader(file);
  const inodes = { reader, start: tables.inodes ?? 0, end: tables.directories ?? 0 };
  const directories = { reader, start: tables.directories ?? 0, end: bytesUsed };
  if (tables.ids === undefined || inodes.start === 0 || inodes.end <= inodes.start) {
    throw damaged("a table is missing");
  }
  const fragments = new LookupTable(
    reader,
    tables.fragments ?? bytesUsed,
    tables.fragments === undefined ? 0 : fragmentCount,
    FRAGMENT_ENTRY_SIZE,
  );
  return {
    superblock,
    inodes,
    directories,
    ids: new LookupTable(reader, tables.ids, idCount, 4),
    xattrs: tables.xattrs === undefined ? undefined : await XattrReader.open(reader, tables.xattrs),
    contents: new ContentReader({ file, blockSize, inodes, fragments }),
  };
}
