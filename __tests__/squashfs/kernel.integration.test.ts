// Needs QEMU with a kernel, and busybox-static: boots an image and looks at it with the kernel's own reader.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeGvmi } from "../../src/gvmi/write.ts";
import type { Entry } from "../../src/oci/entry.ts";
import { execInImage } from "../../src/pipeline/exec-in-image.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { entry, fileEntry } from "../support/entries.ts";
import { randomTree } from "./random-tree.ts";
import { type Described, describeAll } from "./read-back.ts";

const BLOCK_SIZE = 65_536;
const FILE_TYPES: Readonly<Record<string, number>> = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  "character-device": 0o020000,
  "block-device": 0o060000,
  fifo: 0o010000,
};

/** A random tree, a directory large enough for an index, and a file with holes, all below "data". */
function data(): Entry[] {
  const holes = Buffer.alloc(20 * BLOCK_SIZE);
  holes.write("in the middle", 7 * BLOCK_SIZE);
  return [
    ...randomTree(1000, BLOCK_SIZE).map((item) => ({
      ...item,
      path: item.path === "" ? "data" : `data/${item.path}`,
      ...(item.type === "hard-link" && { linkTarget: `data/${item.linkTarget}` }),
    })),
    entry("data/large"),
    ...Array.from({ length: 1500 }, (_, index) =>
      fileEntry(`data/large/${(index * 7919) % 1500}-${"n".repeat(index % 240)}`, `${index % 9}`),
    ),
    fileEntry("data/holes", holes),
  ];
}

/** What `stat` and `sha256sum` print for each path. */
function expectedLines(entries: ReadonlyMap<string, Described>): string[] {
  const all = [...entries.values()];
  const inodeOf = (item: Described) =>
    (item.type === "hard-link" && entries.get(item.linkTarget ?? "")) || item;
  return all.flatMap((item) => {
    const inode = inodeOf(item);
    const mode = ((FILE_TYPES[inode.type] ?? 0) | inode.mode).toString(16);
    const links =
      inode.type === "directory"
        ? 2 + all.filter((other) => isSubdirectory(other, item)).length
        : all.filter((other) => inodeOf(other) === inode).length;
    const { major, minor } = inode.device ?? { major: 0, minor: 0 };
    const size = inode.type === "symlink" ? inode.linkTarget?.length : inode.size;
    const device = `${major.toString(16)},${minor.toString(16)}`;
    const description = `${inode.uid} ${inode.gid} ${inode.modified.seconds} ${links} ${device}`;
    return [
      `stat ${mode} ${description} ${inode.type === "directory" ? "-" : size} ${item.path}`,
      ...(inode.type === "file" ? [`${inode.sha256}  ${item.path}`] : []),
    ];
  });
}

function isSubdirectory(item: Described, directory: Described): boolean {
  const parent = item.path.slice(0, item.path.lastIndexOf("/"));
  return item.type === "directory" && parent === directory.path;
}

test("the kernel reads what was written", async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "image.gvmi");
    const busybox = await readFile("/bin/busybox");
    const system = [entry(""), entry("bin"), fileEntry("bin/busybox", busybox, { mode: 0o755 })];
    const config = { WorkingDir: "/" };
    await writeGvmi([...system, ...data()], config, path, {
      compression: "gzip",
      blockSize: BLOCK_SIZE,
    });
    const script = `
      b=/bin/busybox
      $b find data -print0 | $b xargs -0 $b stat -c 'stat %f %u %g %Y %h %t,%T %s %n'
      $b find data -type f -print0 | $b xargs -0 $b sha256sum
      $b sha256sum /bin/busybox`;
    const output: Uint8Array[] = [];
    const exit = await execInImage({
      path,
      vm: {
        runtime: { name: "system" },
        profile: "documented",
        memory: 256,
        cpus: 1,
        accelerator: "auto",
        timeouts: { boot: 250_000, command: 240_000, total: 400_000 },
      },
      argv: ["/bin/busybox", "sh", "-c", script],
      put: [],
      get: [],
      onOutput: (_, chunk) => {
        output.push(chunk.slice());
      },
    });
    const text = Buffer.concat(output).toString("latin1");
    // Names have line feeds: a line of ours starts with what only it can start with.
    const lines = text
      .split(/\n(?=stat [0-9a-f]{4} |[0-9a-f]{64} {2}|$)/)
      .filter((line) => line !== "")
      // A directory's size is the file system's own affair.
      .map((line) => line.replace(/^(stat 4.*? \d+ \d+ \d+ \d+ 0,0) \d+ /s, "$1 - "));
    const expected = expectedLines(await describeAll(data()));
    expected.push(`${createHash("sha256").update(busybox).digest("hex")}  /bin/busybox`);
    expect(lines.sort()).toEqual(expected.sort());
    expect(exit.exitCode).toBe(0);
  });
}, 420_000);
