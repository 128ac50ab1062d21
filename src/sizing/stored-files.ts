import { type ByteString, displayName } from "../oci/entry.ts";
import type { StoredContent } from "../squashfs/read/content-reader.ts";
import type { SquashfsReader } from "../squashfs/squashfs-reader.ts";

/** A file of an image and what it takes there; further names of it are left out. */
export interface StoredFile {
  readonly path: ByteString;
  /** Uncompressed. */
  readonly size: number;
  /**
   * Compressed bytes: those of its blocks, and its share of the block in which its end lies with others. Files with
   * equal contents that are stored once share what that takes.
   */
  readonly storedBytes: number;
  /** The same for files whose contents are stored once. */
  readonly place: string;
}

interface LaidOutFile {
  readonly path: ByteString;
  readonly size: number;
  readonly stored: StoredContent;
}

/**
 * What each file takes in an image. The sum over all files is what the image's data takes, but for rounding.
 *
 * @throws {GvmiFormatError} when the image is damaged
 * @throws the abort reason
 */
export async function readStoredFiles(
  reader: SquashfsReader,
  signal?: AbortSignal,
): Promise<StoredFile[]> {
  const files: LaidOutFile[] = [];
  for await (const entry of reader.entries(signal)) {
    const stored = await reader.stored(entry);
    if (stored) files.push({ path: entry.path, size: entry.size, stored });
  }
  const sharers = new Map<string, number>();
  const tailBytes = new Map<number, number>();
  for (const { size, stored } of files) {
    const place = placeOf(size, stored);
    const known = sharers.get(place) ?? 0;
    sharers.set(place, known + 1);
    const { tail } = stored;
    if (tail && known === 0) {
      tailBytes.set(tail.fragment, (tailBytes.get(tail.fragment) ?? 0) + tail.bytes);
    }
  }
  const fragmentBytes = new Map<number, number>();
  for (const fragment of tailBytes.keys()) {
    fragmentBytes.set(fragment, await reader.fragmentBytes(fragment));
  }
  return files.map(({ path, size, stored }) => {
    const place = placeOf(size, stored);
    const { tail, blockBytes } = stored;
    const share = tail
      ? ((fragmentBytes.get(tail.fragment) ?? 0) * tail.bytes) /
        Math.max(1, tailBytes.get(tail.fragment) ?? 0)
      : 0;
    return { path, size, storedBytes: (blockBytes + share) / (sharers.get(place) ?? 1), place };
  });
}

/** Files of one size whose content starts at the same place have one content. */
function placeOf(size: number, { start, blockBytes, tail }: StoredContent): string {
  const blocks = blockBytes > 0 ? start : "-";
  return `${size}:${blocks}:${tail ? `${tail.fragment}+${tail.offset}` : "-"}`;
}

/** An absolute path as a person can read it. */
export function shownPath(path: ByteString): string {
  return `/${displayName(path)}`;
}
