import { ConversionError } from "../../errors.ts";
import { type ByteString, displayName, type EntryMetadata } from "../../oci/entry.ts";
import { NONE, XATTR_ID_SIZE, XATTR_PREFIXES } from "../format.ts";
import { digestOf } from "./block-compressor.ts";
import { MetadataWriter, packReference } from "./metadata-writer.ts";
import type { OutputFile } from "./output-file.ts";
import { appendLookupTable, appendMetadata } from "./table-output.ts";

/** linux/limits.h: bytes of a name with its namespace, bytes of a value. */
const MAX_NAME = 255;
const MAX_VALUE = 65_536;

/** The extended attributes of an image; inodes with the same ones share them. */
export class XattrTable {
  private readonly pairs: MetadataWriter;
  private readonly level: number;
  private readonly ids = new Map<ByteString, number>();
  private readonly idEntries: Buffer[] = [];

  /** @param level of zlib */
  constructor(level: number) {
    this.level = level;
    this.pairs = new MetadataWriter(level);
  }

  /**
   * @returns what the inode says of its attributes
   * @throws {ConversionError} for a name or value that squashfs or Linux cannot hold
   */
  idOf(entry: EntryMetadata): number {
    const { extendedAttributes } = entry;
    if (extendedAttributes.size === 0) return NONE;
    const names = [...extendedAttributes.keys()].sort();
    const list = Buffer.concat(
      names.map((name) =>
        encodePair(entry, name, extendedAttributes.get(name) ?? new Uint8Array()),
      ),
    );
    const key = digestOf(list).toString("latin1");
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.ids.size;
    this.ids.set(key, id);
    this.idEntries.push(encodeId(packReference(this.pairs.reference), names.length, list.length));
    this.pairs.append(list);
    return id;
  }

  /** @returns the table's position; undefined when nothing has attributes */
  async appendTo(output: OutputFile): Promise<number | undefined> {
    if (this.ids.size === 0) return undefined;
    this.pairs.finish();
    const header = Buffer.alloc(16);
    header.writeBigUInt64LE(BigInt(await appendMetadata(output, this.pairs)), 0);
    header.writeUInt32LE(this.ids.size, 8);
    return await appendLookupTable(output, Buffer.concat(this.idEntries), this.level, header);
  }
}

function encodePair(entry: EntryMetadata, name: ByteString, value: Uint8Array): Buffer {
  const type = XATTR_PREFIXES.findIndex((prefix) => name.startsWith(prefix));
  const rest = name.slice(XATTR_PREFIXES[type]?.length ?? name.length);
  if (rest === "" || name.length > MAX_NAME || name.includes("\0") || value.length > MAX_VALUE) {
    throw new ConversionError(
      `The extended attribute "${displayName(name)}" of "${displayName(entry.path)}" (${value.length} bytes) cannot be stored in a squashfs.`,
      {
        hint: `Names begin with ${XATTR_PREFIXES.join(", ")} and have at most ${MAX_NAME} bytes, values at most ${MAX_VALUE}.`,
      },
    );
  }
  const pair = Buffer.alloc(8 + rest.length + value.length);
  pair.writeUInt16LE(type, 0);
  pair.writeUInt16LE(rest.length, 2);
  pair.write(rest, 4, "latin1");
  pair.writeUInt32LE(value.length, 4 + rest.length);
  pair.set(value, 8 + rest.length);
  return pair;
}

function encodeId(reference: bigint, count: number, size: number): Buffer {
  const entry = Buffer.alloc(XATTR_ID_SIZE);
  entry.writeBigUInt64LE(reference, 0);
  entry.writeUInt32LE(count, 8);
  entry.writeUInt32LE(size, 12);
  return entry;
}
