import type { ByteString } from "../oci/entry.ts";
import { walkPath } from "../oci/path-walk.ts";
import type { SquashfsEntry, SquashfsReader } from "./squashfs-reader.ts";

/**
 * Finds what a path leads to when the image is the root directory, symbolic links followed.
 *
 * @param path absolute
 * @returns undefined when there is nothing, or the links go round in circles
 * @throws {GvmiFormatError} when the image is damaged
 */
export async function followPath(
  reader: SquashfsReader,
  path: ByteString,
): Promise<SquashfsEntry | undefined> {
  const walk = walkPath<SquashfsEntry>(path);
  let step = walk.next();
  while (!step.done) step = walk.next(await reader.find(step.value));
  return step.value;
}
