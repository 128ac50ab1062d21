// Needs mksquashfs and unsquashfs (squashfs-tools) and GNU tar, and to run as root: owners, devices and
// attributes of a tree are set.
import { join } from "node:path";
import { GzipWriter } from "../../src/squashfs/gzip-writer.ts";
import type { SquashfsOptions } from "../../src/squashfs/squashfs-writer.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { entry, fileEntry } from "../support/entries.ts";
import { noise, prose, randomTree } from "./random-tree.ts";
import { readBack, type Source } from "./read-back.ts";
import { run, treeIn, unpackEntries } from "./unpacked.ts";

/** What unsquashfs makes of an image of ours, and of mksquashfs's for the same entries. */
async function bothTrees(make: () => Source, options: Partial<SquashfsOptions> = {}) {
  return await withTemporaryDirectory(async (directory) => {
    const [ours, theirs, source] = ["ours", "theirs", "source"].map((name) =>
      join(directory, name),
    ) as [string, string, string];
    await new GzipWriter().write(make(), `${ours}.squashfs`, { compression: "gzip", ...options });
    await unpackEntries(make(), source);
    const blockSize = String(options.blockSize ?? 131_072);
    const quiet = ["-quiet", "-no-progress", "-noappend"];
    run("mksquashfs", source, `${theirs}.squashfs`, "-comp", "gzip", "-b", blockSize, ...quiet);
    const trees = [];
    for (const path of [ours, theirs]) {
      const output = run(
        "unsquashfs",
        "-strict-errors",
        "-no-progress",
        "-d",
        path,
        `${path}.squashfs`,
      );
      trees.push({ output: output.toString(), tree: await treeIn(path) });
      run("rm", "-rf", path);
    }
    const listings = [];
    for (const path of [ours, theirs]) listings.push(await readBack(`${path}.squashfs`));
    return { trees, listings };
  });
}

async function expectSame(make: () => Source, options: Partial<SquashfsOptions> = {}) {
  const { trees, listings } = await bothTrees(make, options);
  const [ours, theirs] = trees;
  expect(ours?.tree).toEqual(theirs?.tree);
  // Our reader looks into both with the same result.
  expect(listings[0]).toEqual(listings[1]);
  return ours;
}

test.each(Array.from({ length: 12 }, (_, seed) => seed + 100))(
  "random tree %d is unpacked to what mksquashfs's image is",
  async (seed) => {
    const blockSize = [4096, 65_536, 131_072, 1_048_576][seed % 4] as number;
    const tree = await expectSame(() => randomTree(seed, Math.min(blockSize, 131_072)), {
      blockSize,
    });
    expect(tree?.tree.size).toBeGreaterThan(140);
  },
  60_000,
);

test("special cases are unpacked to what mksquashfs's image is", async () => {
  await expectSame(() => [
    entry("", { mode: 0o700, uid: 5, gid: 6 }),
    entry("n".repeat(255)),
    fileEntry(`${"n".repeat(255)}/${"m".repeat(255)}`, "x"),
    fileEntry("\xff\xfe bytes", "x"),
    fileEntry("empty", ""),
    fileEntry("one", "1"),
    fileEntry("exact", prose(3 * 131_072, 1)),
    fileEntry("one more", noise(3 * 131_072 + 1, 2)),
    fileEntry("holes", Buffer.alloc(1_000_000)),
    fileEntry("copy of exact", prose(3 * 131_072, 1)),
    fileEntry("attributes", "x", {
      extendedAttributes: new Map(
        Array.from({ length: 20 }, (_, index) => [`user.number-${index}`, noise(5 * index, index)]),
      ),
    }),
    entry("attributes of a directory", {
      extendedAttributes: new Map([["trusted.x", Buffer.from("y")]]),
    }),
    entry("device", { type: "character-device", device: { major: 300, minor: 70_000 } }),
    entry("link to device", { type: "hard-link", linkTarget: "device" }),
    entry("symlink", { type: "symlink", mode: 0o777, linkTarget: "../../x" }),
    entry("link to exact", { type: "hard-link", linkTarget: "exact" }),
    ...Array.from({ length: 300 }, (_, depth) =>
      entry(["deep", ...Array(depth).fill("d")].join("/")),
    ),
  ]);
});

test("5000 files in a directory, and names up to its index's", async () => {
  function* files() {
    yield entry("");
    yield entry("d");
    for (let index = 0; index < 5000; index++) {
      yield fileEntry(`d/${(index * 7919) % 5000}-${"n".repeat(index % 240)}`, `${index % 7}`);
    }
  }
  await expectSame(files);
}, 15000);

test("65,536 hard links are one inode to unsquashfs", async () => {
  function* links() {
    yield fileEntry("f", "content");
    for (let index = 1; index < 65_536; index++) {
      yield entry(`f${index}`, { type: "hard-link", linkTarget: "f" });
    }
  }
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "image");
    await new GzipWriter().write(links(), path, { compression: "gzip" });
    // ext4 allows 65,000 links: the listing is what can be asked for.
    const listing = run("unsquashfs", "-lls", path).toString().trimEnd().split("\n");
    expect(listing.filter((line) => line.includes("squashfs-root/f")).length).toBe(65_536);
    expect(run("unsquashfs", "-s", path).toString()).toContain("Number of inodes 2");
  });
});

test("a file of 6 GB that is almost all holes is unpacked", async () => {
  const size = 6 * 2 ** 30;
  const zeros = Buffer.alloc(1024 * 1024);
  async function* content() {
    for (let at = 0; at < size - zeros.length; at += zeros.length) yield zeros;
    yield Buffer.concat([zeros.subarray(3), Buffer.from("end")]);
  }
  await withTemporaryDirectory(async (directory) => {
    const [path, unpacked] = [join(directory, "image"), join(directory, "unpacked")];
    const file = fileEntry("f", "", { size, content: content() });
    await new GzipWriter().write([file], path, { compression: "gzip" });
    run("unsquashfs", "-strict-errors", "-no-progress", "-d", unpacked, path);
    expect(run("stat", "-c", "%s", join(unpacked, "f")).toString()).toBe(`${size}\n`);
    expect(run("tail", "-c", "4", join(unpacked, "f")).toString()).toBe("\0end");
  });
}, 15000);

test.each([1, 6, 9])("level %d is what the image says of itself", async (level) => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "image");
    await new GzipWriter().write([fileEntry("f")], path, { compression: "gzip", level });
    const description = run("unsquashfs", "-s", path).toString();
    expect(description).toContain("Compression gzip");
    // Level 9 is what images without options have.
    if (level !== 9) expect(description).toContain(`compression-level ${level}`);
  });
});
