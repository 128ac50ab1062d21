import type { ByteString } from "../../oci/entry.ts";
import { NONE, XATTR_ID_SIZE, XATTR_OUT_OF_LINE, XATTR_PREFIXES } from "../format.ts";
import { type MetadataPlace, unpackReference } from "../superblock.ts";
import { damaged } from "./image-file.ts";
import { LookupTable } from "./lookup-table.ts";
import { MetadataCursor, type MetadataReader, type MetadataTable } from "./metadata-reader.ts";

/** xattr(7): bytes of a name, of a value, and of all names of one file. */
const MAX_NAME = 255;
const MAX_VALUE = 65_536;
const MAX_COUNT = 65_536;
const HEADER_SIZE = 16;

const NO_ATTRIBUTES: ReadonlyMap<ByteString, Uint8Array> = new Map();

/** Reads the extended attributes of inodes. */
export class XattrReader {
  private readonly ids: LookupTable;
  private readonly pairs: MetadataTable;

  private constructor(ids: LookupTable, pairs: MetadataTable) {
    this.ids = ids;
    this.pairs = pairs;
  }

  /** @param position of the table in the image */
  static async open(reader: MetadataReader, position: number): Promise<XattrReader> {
    const header = await reader.file.read(position, HEADER_SIZE);
    const start = Number(header.readBigUInt64LE(0));
    const count = header.readUInt32LE(8);
    return new XattrReader(new LookupTable(reader, position + HEADER_SIZE, count, XATTR_ID_SIZE), {
      reader,
      start,
      end: position,
    });
  }

  /** @param id as the inode has it @throws {GvmiFormatError} */
  async read(id: number): Promise<ReadonlyMap<ByteString, Uint8Array>> {
    if (id === NONE) return NO_ATTRIBUTES;
    const entry = await this.ids.entry(id);
    const count = entry.readUInt32LE(8);
    if (count > MAX_COUNT) throw damaged(`a file with ${count} extended attributes`);
    const cursor = this.cursor(unpackReference(entry.readBigUInt64LE(0)));
    const attributes = new Map<ByteString, Uint8Array>();
    for (let index = 0; index < count; index++) {
      const header = await cursor.read(4);
      const type = header.readUInt16LE(0);
      const prefix = XATTR_PREFIXES[type % XATTR_OUT_OF_LINE];
      const length = header.readUInt16LE(2);
      if (prefix === undefined || length > MAX_NAME) {
        throw damaged("an extended attribute with an impossible name");
      }
      const name = prefix + (await cursor.read(length)).toString("latin1");
      const value = await readValue(cursor);
      attributes.set(name, type >= XATTR_OUT_OF_LINE ? await this.readElsewhere(value) : value);
    }
    return attributes;
  }

  /** A value that is stored once for several attributes. @param reference to it */
  private async readElsewhere(reference: Buffer): Promise<Buffer> {
    if (reference.length !== 8) throw damaged("an extended attribute's reference is cut off");
    return await readValue(this.cursor(unpackReference(reference.readBigUInt64LE())));
  }

  private cursor(place: MetadataPlace): MetadataCursor {
    return new MetadataCursor(this.pairs, place);
  }
}

async function readValue(cursor: MetadataCursor): Promise<Buffer> {
  const size = (await cursor.read(4)).readUInt32LE();
  if (size > MAX_VALUE) throw damaged(`an extended attribute of ${size} bytes`);
  return await cursor.read(size);
}
