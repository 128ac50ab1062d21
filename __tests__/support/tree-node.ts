import type { FlatEntry } from "./flatten.ts";

/** What a path of a file system is, in a form that can be compared whatever it was read from. */
export interface TreeNode {
  type: string;
  mode: number;
  uid: number;
  gid: number;
  /** Seconds with nine decimals; not of directories, whose times tools disagree on. */
  modified?: string;
  size?: number;
  sha256?: string;
  target?: string;
  device?: string;
  /** Names and values in hexadecimal. */
  xattrs: Record<string, string>;
  /** All paths of the inode, for everything but directories. */
  links?: string[];
}

/** The tree of an image as our own reader gives it. */
export function treeOf(entries: readonly FlatEntry[]): Map<string, TreeNode> {
  const tree = new Map<string, TreeNode>();
  for (const entry of entries) tree.set(entry.path, nodeOf(entry));
  for (const { path, type, linkTarget } of entries) {
    if (type !== "hard-link") continue;
    const node = tree.get(linkTarget ?? "") as TreeNode;
    node.links?.push(path);
    tree.set(path, node);
  }
  for (const { links } of tree.values()) links?.sort();
  return tree;
}

function nodeOf(entry: FlatEntry): TreeNode {
  const { seconds, nanoseconds } = entry.modified;
  return {
    type: entry.type,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    ...(entry.type === "file" && {
      size: entry.contentBytes ?? -1,
      sha256: entry.contentSha256 ?? "",
    }),
    ...(entry.type === "symlink" && { target: entry.linkTarget ?? "" }),
    ...(entry.device && { device: `${entry.device.major}:${entry.device.minor}` }),
    ...(entry.type !== "directory" && {
      modified: `${seconds}.${String(nanoseconds).padStart(9, "0")}`,
      links: [entry.path],
    }),
    xattrs: Object.fromEntries(
      [...entry.extendedAttributes].map(([name, value]) => [
        name,
        Buffer.from(value).toString("hex"),
      ]),
    ),
  };
}
