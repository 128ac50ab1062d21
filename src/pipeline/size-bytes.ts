import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Gvmi } from "../gvmi/read.ts";
import { writeGvmi } from "../gvmi/write.ts";
import { BALANCED_SHARE, SMALLEST_SHARE } from "../lint/rules/image-size.ts";
import { withImage } from "../oci/image.ts";
import { findDuplicates } from "../sizing/duplicates.ts";
import { measureLayers } from "../sizing/layers.ts";
import { findLeftovers } from "../sizing/leftovers.ts";
import type { ImageBytes, ImageContents, SmallestSaving } from "../sizing/size-result.ts";
import { sizeTree } from "../sizing/size-tree.ts";
import { readStoredFiles, type StoredFile, shownPath } from "../sizing/stored-files.ts";
import { SquashfsReader } from "../squashfs/squashfs-reader.ts";
import { withTemporaryDirectory } from "../system/temporary.ts";
import type { SizeImageInput } from "./size-input.ts";
import { withSourceArchive } from "./source-image.ts";

const LARGEST = 20;
const SMALLEST = "xz";

/** Where the bytes of a .gvmi are. Throws what `sizeImage` throws. */
export async function measureBytes(gvmi: Gvmi, input: SizeImageInput): Promise<ImageBytes> {
  const { compression } = gvmi.superblock;
  const known = { total: gvmi.size, compression };
  // The reader knows no other compression.
  if (compression !== "gzip") {
    return { ...known, contents: null, layers: null, smallest: estimateSmallest(gvmi) };
  }
  const reader = await SquashfsReader.open(gvmi.path, gvmi.squashfsBytes);
  try {
    input.progress.detail("reading the image");
    const files = await readStoredFiles(reader, input.signal);
    return {
      ...known,
      contents: await describeContents(reader, files, input.signal),
      layers: await layersOf(files, input),
      smallest: input.measureSmallest
        ? await measureSmallest(gvmi, reader, input)
        : estimateSmallest(gvmi),
    };
  } finally {
    await reader.close();
  }
}

async function describeContents(
  reader: SquashfsReader,
  files: readonly StoredFile[],
  signal?: AbortSignal,
): Promise<ImageContents> {
  const sum = (value: (file: StoredFile) => number) =>
    files.reduce((total, file) => total + value(file), 0);
  const largest = [...files].sort((a, b) => b.storedBytes - a.storedBytes).slice(0, LARGEST);
  return {
    files: files.length,
    size: sum(({ size }) => size),
    storedBytes: Math.round(sum(({ storedBytes }) => storedBytes)),
    tree: sizeTree(files),
    largest: largest.map(({ path, size, storedBytes }) => ({
      path: shownPath(path),
      size,
      storedBytes: Math.round(storedBytes),
    })),
    duplicates: await findDuplicates(reader, files, signal),
    leftovers: findLeftovers(files),
  };
}

async function layersOf(
  files: readonly StoredFile[],
  { source, signal, progress }: SizeImageInput,
): Promise<ImageBytes["layers"]> {
  if (source === undefined) return null;
  progress.detail(`reading the layers of ${source}`);
  return withSourceArchive(source, { ...(signal && { signal }) }, (archive) =>
    withImage(archive, { ...(signal && { signal }) }, (image) => measureLayers(image, files)),
  );
}

function estimateSmallest({ size, superblock }: Gvmi): SmallestSaving {
  if (superblock.compression === SMALLEST) return { how: "already", total: size, savedBytes: 0 };
  const share = superblock.compression === "gzip" ? SMALLEST_SHARE / BALANCED_SHARE : 1;
  const total = Math.round(size * share);
  return { how: "estimated", total, savedBytes: size - total };
}

async function measureSmallest(
  gvmi: Gvmi,
  reader: SquashfsReader,
  { signal, progress }: SizeImageInput,
): Promise<SmallestSaving> {
  progress.detail("converting with smallest");
  return withTemporaryDirectory(async (directory) => {
    const path = join(directory, "smallest.gvmi");
    await writeGvmi(reader.entries(signal), gvmi.metadata, path, {
      compression: SMALLEST,
      ...(signal && { signal }),
    });
    const total = (await stat(path)).size;
    return { how: "measured", total, savedBytes: gvmi.size - total };
  });
}
