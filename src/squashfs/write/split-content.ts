import { ConversionError } from "../../errors.ts";
import { displayName, type Entry } from "../../oci/entry.ts";

/**
 * The content of a file in pieces of `blockSize` bytes; the last one may be shorter. Pieces are views of
 * what the content delivers where they can be.
 *
 * @throws {ConversionError} when there are more or fewer bytes than the entry says
 */
export async function* splitContent(entry: Entry, blockSize: number): AsyncGenerator<Uint8Array> {
  let received = 0;
  let delivered = 0;
  let block: Buffer | undefined;
  let filled = 0;
  for await (const chunk of entry.content ?? []) {
    received += chunk.length;
    if (received > entry.size) throw wrongSize(entry);
    for (let offset = 0; offset < chunk.length; ) {
      const length = Math.min(blockSize, entry.size - delivered);
      if (!block && chunk.length - offset >= length) {
        yield chunk.subarray(offset, offset + length);
        offset += length;
        delivered += length;
        continue;
      }
      block ??= Buffer.allocUnsafeSlow(length);
      const part = chunk.subarray(offset, offset + length - filled);
      block.set(part, filled);
      filled += part.length;
      offset += part.length;
      if (filled < length) continue;
      yield block;
      delivered += length;
      block = undefined;
      filled = 0;
    }
  }
  if (received < entry.size) throw wrongSize(entry);
}

function wrongSize(entry: Entry): ConversionError {
  return new ConversionError(
    `The content of "${displayName(entry.path)}" does not have the ${entry.size} bytes that were announced.`,
  );
}
