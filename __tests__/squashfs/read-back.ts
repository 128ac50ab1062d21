import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Entry, EntryMetadata } from "../../src/oci/entry.ts";
import { GzipWriter, type GzipWriterOptions } from "../../src/squashfs/gzip-writer.ts";
import { SquashfsReader } from "../../src/squashfs/squashfs-reader.ts";
import type { SquashfsOptions } from "../../src/squashfs/squashfs-writer.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";

export type Source = AsyncIterable<Entry> | Iterable<Entry>;

/** Writes an image and gives its path to `body`. */
export async function withImage<T>(
  entries: Source,
  options: Partial<SquashfsOptions> & GzipWriterOptions,
  body: (path: string) => Promise<T>,
): Promise<T> {
  return await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "image");
    await new GzipWriter(options).write(entries, path, { compression: "gzip", ...options });
    return await body(path);
  });
}

export async function imageBytes(
  entries: Source,
  options: Partial<SquashfsOptions> & GzipWriterOptions = {},
): Promise<Buffer> {
  return await withImage(entries, options, (path) => readFile(path));
}

/** An entry with the digest of its content. */
export interface Described extends Omit<EntryMetadata, "extendedAttributes"> {
  readonly extendedAttributes: readonly (readonly [string, string])[];
  readonly sha256?: string;
}

/** What the reader finds in an image, by path. */
export async function readBack(path: string): Promise<Map<string, Described>> {
  const reader = await SquashfsReader.open(path);
  try {
    const found = new Map<string, Described>();
    for await (const entry of reader.entries()) {
      const { inodeNumber: _, ...rest } = entry;
      found.set(entry.path, await describe(rest));
    }
    return found;
  } finally {
    await reader.close();
  }
}

/** What entries say, in a form that can be compared. */
export async function describe({ content, ...entry }: Entry): Promise<Described> {
  const hash = createHash("sha256");
  let size = 0;
  for await (const chunk of content ?? []) {
    hash.update(chunk);
    size += chunk.length;
  }
  if (size !== entry.size) throw new Error(`${entry.path} has ${size} bytes, not ${entry.size}`);
  return {
    ...entry,
    extendedAttributes: [...entry.extendedAttributes]
      .map(([name, value]) => [name, Buffer.from(value).toString("hex")] as const)
      .sort(([left], [right]) => (left < right ? -1 : 1)),
    ...(content && { sha256: hash.digest("hex") }),
  };
}

/** The entries as `readBack` would find them, if hard links come in the order of their names. */
export async function describeAll(entries: Source): Promise<Map<string, Described>> {
  const described = new Map<string, Described>();
  for await (const entry of entries) described.set(entry.path, await describe(entry));
  return described;
}
