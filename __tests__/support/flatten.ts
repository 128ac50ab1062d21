import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Entry } from "../../src/oci/entry.ts";
import { type ImageOptions as ReadOptions, withImage } from "../../src/oci/image.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { ociArchive, plain, type TestEntry, type TestLayer } from "./archives.ts";

/** An entry with its content read. */
export type FlatEntry = Omit<Entry, "content"> & {
  /** As latin1; undefined for large files. */
  content?: string;
  contentBytes?: number;
  contentSha256?: string;
};

const KEPT_CONTENT = 64 * 1024;

/** Reads a whole stream as a consumer would. */
export async function collect(entries: AsyncIterable<Entry>): Promise<FlatEntry[]> {
  const collected: FlatEntry[] = [];
  for await (const { content, ...entry } of entries) {
    if (!content) {
      collected.push(entry);
      continue;
    }
    const hash = createHash("sha256");
    const kept: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of content) {
      hash.update(chunk);
      bytes += chunk.length;
      if (bytes <= KEPT_CONTENT) kept.push(chunk);
    }
    collected.push({
      ...entry,
      ...(bytes <= KEPT_CONTENT && { content: Buffer.concat(kept).toString("latin1") }),
      contentBytes: bytes,
      contentSha256: hash.digest("hex"),
    });
  }
  return collected;
}

/** Writes an archive to a file and reads the image in it. */
export async function flattenArchive(
  archive: Buffer,
  options: ReadOptions = {},
): Promise<FlatEntry[]> {
  return await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "image.tar");
    await writeFile(path, archive);
    return await withImage(path, options, async (image) =>
      collect(image.entries(await image.readTree())),
    );
  });
}

/** Flattens layers, each the entries of a plain tar or a layer that is made already. */
export async function flatten(
  layers: readonly (readonly TestEntry[] | TestLayer)[],
  options: ReadOptions = {},
): Promise<Map<string, FlatEntry>> {
  const made = layers.map((layer) => ("tar" in layer ? layer : plain(layer)));
  const entries = await flattenArchive(ociArchive(made), options);
  return new Map(entries.map((entry) => [entry.path, entry]));
}

/** The paths of a flattened image, without the root, sorted. */
export const paths = (image: ReadonlyMap<string, FlatEntry>): string[] =>
  [...image.keys()].filter((path) => path !== "").sort();
