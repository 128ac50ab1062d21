import { FLAGS, GZIP_DEFAULT_LEVEL, NO_TABLE } from "../format.ts";
import { ROOT } from "./directory-tree.ts";
import type { SuperblockFields } from "./encode-superblock.ts";
import type { FileLayouts } from "./file-layouts.ts";
import type { FragmentPacker } from "./fragment-packer.ts";
import type { IdTable } from "./id-table.ts";
import type { ImageBuilder } from "./image-builder.ts";
import { numberInodes } from "./inode-numbers.ts";
import { packReference } from "./metadata-writer.ts";
import type { OutputFile } from "./output-file.ts";
import { appendLookupTable, appendMetadata } from "./table-output.ts";
import { TreeWriter } from "./tree-writer.ts";
import type { XattrTable } from "./xattr-table.ts";

export interface TableSources {
  readonly builder: ImageBuilder;
  readonly layouts: FileLayouts;
  readonly fragments: FragmentPacker;
  readonly ids: IdTable;
  readonly xattrs: XattrTable;
  readonly level: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Appends all tables behind the data, in the one order that the kernel accepts.
 *
 * @returns what the superblock says of them
 */
export async function appendTables(
  output: OutputFile,
  sources: TableSources,
): Promise<Omit<SuperblockFields, "modified" | "blockSize">> {
  const { builder, fragments, ids, xattrs, level, signal } = sources;
  const { inodes } = builder;
  const tree = builder.tree.sort(inodes.count, (inode) => inodes.isDirectory(inode));
  const numbers = numberInodes(inodes, tree);
  const writer = new TreeWriter({ ...numbers, inodes, tree, layouts: sources.layouts }, level);
  await writer.write(signal);
  const inodeTable = await appendMetadata(output, writer.inodeTable);
  const directoryTable = await appendMetadata(output, writer.directoryTable);
  const fragmentTable = await appendLookupTable(output, fragments.encodeTable(), level);
  const references = encodeReferences(writer, numbers.numbers);
  const exportTable = await appendLookupTable(output, references, level);
  const idTable = await appendLookupTable(output, ids.encode(), level);
  const xattrTable = await xattrs.appendTo(output);
  return {
    inodeCount: inodes.count,
    fragmentCount: fragments.count,
    idCount: ids.count,
    rootInode: packReference(writer.reference(ROOT)),
    bytesUsed: output.position,
    inodeTable: BigInt(inodeTable),
    directoryTable: BigInt(directoryTable),
    fragmentTable: BigInt(fragmentTable),
    exportTable: BigInt(exportTable),
    idTable: BigInt(idTable),
    xattrTable: xattrTable === undefined ? NO_TABLE : BigInt(xattrTable),
    flags:
      FLAGS.deduplicated |
      FLAGS.exportable |
      (xattrTable === undefined ? FLAGS.noXattrs : 0) |
      (level === GZIP_DEFAULT_LEVEL ? 0 : FLAGS.compressorOptions),
  };
}

/** The export table: where each inode stands, by its number. */
function encodeReferences(writer: TreeWriter, numbers: Uint32Array): Buffer {
  const table = Buffer.alloc(numbers.length * 8);
  for (const [inode, number] of numbers.entries()) {
    table.writeBigUInt64LE(packReference(writer.reference(inode)), (number - 1) * 8);
  }
  return table;
}
