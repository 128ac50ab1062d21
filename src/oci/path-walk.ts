import type { ByteString, EntryMetadata } from "./entry.ts";

/** As many symbolic links as the kernel follows in one path (path_resolution(7)). */
const MAX_LINKS = 40;

/**
 * Finds what a path leads to when an image is the root directory, symbolic links followed. Each path that it
 * yields is to be looked up as it is, and answered with what is there: at once or later, as the image is read.
 *
 * @param path with or without a slash at its start
 * @returns undefined when there is nothing, or the links go round in circles
 */
export function* walkPath<E extends Pick<EntryMetadata, "type" | "linkTarget">>(
  path: ByteString,
): Generator<ByteString, E | undefined, E | undefined> {
  const pending = pathComponents(path);
  let reached: ByteString[] = [];
  let found = yield "";
  for (let links = 0; pending.length > 0; ) {
    const name = pending.shift() ?? "";
    if (name === "..") {
      reached = reached.slice(0, -1);
      found = yield reached.join("/");
      continue;
    }
    const next = [...reached, name];
    found = yield next.join("/");
    if (found === undefined) return undefined;
    if (found.type !== "symlink") {
      reached = next;
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) return undefined;
    const target = found.linkTarget ?? "";
    if (target.startsWith("/")) reached = [];
    found = yield reached.join("/");
    pending.unshift(...pathComponents(target));
  }
  return found;
}

/** The names in a path, without `.`. */
export function pathComponents(path: ByteString): ByteString[] {
  return path.split("/").filter((name) => name !== "" && name !== ".");
}
