import type { ByteString } from "../oci/entry.ts";
import type { SquashfsEntry, SquashfsReader } from "./squashfs-reader.ts";

/** As many symbolic links as the kernel follows in one path (path_resolution(7)). */
const MAX_LINKS = 40;

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
  const pending = components(path);
  let reached: ByteString[] = [];
  let found = await reader.find("");
  for (let links = 0; pending.length > 0; ) {
    const name = pending.shift() ?? "";
    if (name === "..") {
      reached = reached.slice(0, -1);
      found = await reader.find(reached.join("/"));
      continue;
    }
    const next = [...reached, name];
    found = await reader.find(next.join("/"));
    if (found === undefined) return undefined;
    if (found.linkTarget === undefined || found.type !== "symlink") {
      reached = next;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) return undefined;
    if (found.linkTarget.startsWith("/")) reached = [];
    pending.unshift(...components(found.linkTarget));
  }
  return found;
}

function components(path: ByteString): ByteString[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}
