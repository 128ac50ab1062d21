import { GolemImageError } from "../errors.ts";
import { readGvmi } from "../gvmi/read.ts";
import { type SizeNode, sizeTree } from "../sizing/size-tree.ts";
import { readStoredFiles } from "../sizing/stored-files.ts";
import { SquashfsReader } from "../squashfs/squashfs-reader.ts";

/**
 * Where the bytes of a .gvmi are, for a report that can do without.
 *
 * @returns undefined of an image that cannot be looked into: with another compression than gzip, or damaged
 * @throws the abort reason
 */
export async function imageSizeTree(
  path: string,
  signal?: AbortSignal,
): Promise<SizeNode | undefined> {
  try {
    const { squashfsBytes, superblock } = await readGvmi(path);
    if (superblock.compression !== "gzip") return undefined;
    const reader = await SquashfsReader.open(path, squashfsBytes);
    try {
      return sizeTree(await readStoredFiles(reader, signal));
    } finally {
      await reader.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof GolemImageError) return undefined;
    throw error;
  }
}
