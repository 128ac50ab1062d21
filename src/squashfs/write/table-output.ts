import { METADATA_BLOCK_SIZE } from "../format.ts";
import { MetadataWriter } from "./metadata-writer.ts";
import type { OutputFile } from "./output-file.ts";

/** Appends a metadata table. @returns its position */
export async function appendMetadata(output: OutputFile, table: MetadataWriter): Promise<number> {
  const start = output.position;
  for (const block of table.blocks) await output.append(block);
  return start;
}

/**
 * Appends a lookup table: its entries in metadata blocks, then the positions of these blocks.
 *
 * @param header what stands before the positions
 * @returns the position of the header and the positions, by which the table is found
 */
export async function appendLookupTable(
  output: OutputFile,
  entries: Buffer,
  level: number,
  header: Uint8Array = Buffer.alloc(0),
): Promise<number> {
  const positions: Buffer[] = [];
  for (let offset = 0; offset < entries.length; offset += METADATA_BLOCK_SIZE) {
    const block = new MetadataWriter(level);
    block.append(entries.subarray(offset, offset + METADATA_BLOCK_SIZE));
    block.finish();
    positions.push(encodePosition(output.position));
    await appendMetadata(output, block);
  }
  const start = output.position;
  await output.append(Buffer.concat([header, ...positions]));
  return start;
}

function encodePosition(position: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(position));
  return bytes;
}
