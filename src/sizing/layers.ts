import type { ByteString } from "../oci/entry.ts";
import type { Image } from "../oci/image.ts";
import type { LayerBytes } from "./size-result.ts";
import type { StoredFile } from "./stored-files.ts";

/**
 * What each layer of an image contributes to its .gvmi: the files that it brought and that later layers left.
 *
 * @throws {ImageSourceError} when the archive is damaged
 */
export async function measureLayers(
  image: Image,
  files: readonly StoredFile[],
): Promise<LayerBytes[]> {
  const tree = await image.readTree();
  const layerOf = new Map<ByteString, number>();
  for (const { path, inode, linkedTo } of tree.walk()) {
    if (linkedTo === undefined && tree.isFile(inode)) {
      layerOf.set(path, tree.content(inode).layer);
    }
  }
  const sums = image.layerSizes.map(() => ({ files: 0, size: 0, storedBytes: 0 }));
  for (const { path, size, storedBytes } of files) {
    const sum = sums[layerOf.get(path) ?? -1];
    if (!sum) continue;
    sum.files += 1;
    sum.size += size;
    sum.storedBytes += storedBytes;
  }
  return sums.map((sum, index) => ({
    number: index + 1,
    diffId: image.diffIds[index] ?? "",
    archiveBytes: image.layerSizes[index] ?? 0,
    ...sum,
    storedBytes: Math.round(sum.storedBytes),
  }));
}
