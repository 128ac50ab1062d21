import { ConversionError } from "../errors.ts";
import { displayName, type Entry } from "../oci/entry.ts";
import { END_OF_ARCHIVE, encodeTarHeader, tarPadding } from "./tar-writer.ts";

/** What is written at once: small pieces are gathered, so that a small file costs no write of its own. */
const CHUNK_SIZE = 256 * 1024;

/**
 * The entries as a tar archive.
 *
 * @throws {ConversionError} when a file's content is not as long as its entry says
 */
export async function* tarStream(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let gathered = 0;
  const gather = (piece: Uint8Array) => {
    pieces.push(piece);
    gathered += piece.length;
  };
  const flush = () => {
    const chunk = pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces, gathered);
    pieces = [];
    gathered = 0;
    return chunk;
  };
  for await (const entry of entries) {
    gather(encodeTarHeader(entry));
    if (entry.type === "file") {
      let size = 0;
      for await (const chunk of entry.content ?? []) {
        size += chunk.length;
        if (size > entry.size) break;
        gather(chunk);
        if (gathered >= CHUNK_SIZE) yield flush();
      }
      if (size !== entry.size) throw wrongSize(entry);
      gather(tarPadding(size));
    }
    if (gathered >= CHUNK_SIZE) yield flush();
  }
  gather(END_OF_ARCHIVE);
  yield flush();
}

function wrongSize(entry: Entry): ConversionError {
  return new ConversionError(
    `The content of "${displayName(entry.path)}" does not have the ${entry.size} bytes that were announced.`,
  );
}
