import { spawn } from "node:child_process";
import type { TreeNode } from "./tree-node.ts";

/** Lists directories with what node:fs cannot see, such as extended attributes and names as bytes. */
const LIST = `
import hashlib, json, os, stat, sys
TYPES = {stat.S_IFREG: "file", stat.S_IFDIR: "directory", stat.S_IFLNK: "symlink",
         stat.S_IFCHR: "character-device", stat.S_IFBLK: "block-device", stat.S_IFIFO: "fifo"}
def node(path):
    status = os.lstat(path)
    kind = TYPES[stat.S_IFMT(status.st_mode)]
    found = {"type": kind, "mode": stat.S_IMODE(status.st_mode), "uid": status.st_uid, "gid": status.st_gid}
    if kind != "directory":
        found["modified"] = "%d.%09d" % divmod(status.st_mtime_ns, 10**9)
    if kind == "file":
        found["size"] = status.st_size
        with open(path, "rb") as file:
            found["sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
    elif kind == "symlink":
        found["target"] = os.readlink(path).decode("latin1")
    elif kind.endswith("device"):
        found["device"] = "%d:%d" % (os.major(status.st_rdev), os.minor(status.st_rdev))
    found["xattrs"] = {
        name: os.getxattr(path, name, follow_symlinks=False).hex()
        for name in os.listxattr(path, follow_symlinks=False)}
    return found, (status.st_dev, status.st_ino)
for line in sys.stdin:
    top = os.fsencode(line[:-1])
    nodes, groups = {}, {}
    pending = [b""]
    while pending:
        path = pending.pop()
        found, inode = node(os.path.join(top, path) if path else top)
        nodes[path.decode("latin1")] = found
        if found["type"] == "directory":
            pending += [os.path.join(path, name) for name in os.listdir(os.path.join(top, path))]
        else:
            groups.setdefault(inode, []).append(path.decode("latin1"))
    for paths in groups.values():
        for path in paths:
            nodes[path]["links"] = sorted(paths)
    print(json.dumps(nodes), flush=True)
`;

/** What is in directories of this machine, in their order. Needs python3 (3.11) and root. */
export async function listDirectories(
  directories: readonly string[],
): Promise<Map<string, TreeNode>[]> {
  const child = spawn("python3", ["-c", LIST], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(directories.map((directory) => `${directory}\n`).join(""));
  const output: Buffer[] = [];
  for await (const chunk of child.stdout) output.push(chunk);
  const lines = Buffer.concat(output).toString().split("\n").filter(Boolean);
  if (lines.length !== directories.length) throw new Error("python3 did not list all directories");
  return lines.map((line) => new Map(Object.entries(JSON.parse(line))));
}
