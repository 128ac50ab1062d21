import type { ByteString, Entry, EntryMetadata } from "../oci/entry.ts";

/**
 * What the guest's init mounts on or writes to. Without /proc, /sys or /etc the VM panics at boot; images
 * get them from a container engine, which is not there.
 */
const REQUIRED: readonly (readonly [path: ByteString, mode: number])[] = [
  ["dev", 0o755],
  ["etc", 0o755],
  ["proc", 0o555],
  ["sys", 0o555],
  ["tmp", 0o1777],
];

/** The entries of the directories that the runtime needs and an image with these paths lacks. */
export function missingRuntimeDirectories(paths: ReadonlySet<ByteString>): EntryMetadata[] {
  return REQUIRED.filter(([path]) => !paths.has(path)).map(([path, mode]) => directory(path, mode));
}

/** The entries, and at their end the directories that the runtime needs and they lack. */
export async function* withRuntimeDirectories(
  entries: AsyncIterable<Entry> | Iterable<Entry>,
): AsyncGenerator<Entry> {
  const topLevel = new Set<ByteString>();
  for await (const entry of entries) {
    const slash = entry.path.indexOf("/");
    topLevel.add(slash === -1 ? entry.path : entry.path.slice(0, slash));
    yield entry;
  }
  yield* missingRuntimeDirectories(topLevel);
}

function directory(path: ByteString, mode: number): EntryMetadata {
  return {
    path,
    type: "directory",
    mode,
    uid: 0,
    gid: 0,
    modified: { seconds: 0, nanoseconds: 0 },
    size: 0,
    extendedAttributes: new Map(),
  };
}
