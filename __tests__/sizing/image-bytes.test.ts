import { findDuplicates } from "../../src/sizing/duplicates.ts";
import { findLeftovers } from "../../src/sizing/leftovers.ts";
import { type SizeNode, sizeTree } from "../../src/sizing/size-tree.ts";
import { readStoredFiles } from "../../src/sizing/stored-files.ts";
import { SquashfsReader } from "../../src/squashfs/squashfs-reader.ts";
import { noise, prose } from "../squashfs/random-tree.ts";
import { withImage } from "../squashfs/read-back.ts";
import { entry, fileEntry } from "../support/entries.ts";

const KIB = 1024;

/** Some large, some small, some twice, and something that need not ship. */
const tree = () => [
  entry("usr"),
  entry("usr/bin"),
  fileEntry("usr/bin/tool", noise(300 * KIB, 1)),
  entry("usr/share"),
  entry("usr/share/doc"),
  fileEntry("usr/share/doc/manual", prose(200 * KIB, 2)),
  entry("var"),
  fileEntry("var/copy", noise(300 * KIB, 1)),
  fileEntry("var/empty", Buffer.alloc(0)),
  fileEntry("var/small", noise(2 * KIB, 3)),
];

async function withReader(body: (reader: SquashfsReader) => Promise<void>): Promise<void> {
  await withImage(tree(), {}, async (path) => {
    const reader = await SquashfsReader.open(path);
    try {
      await body(reader);
    } finally {
      await reader.close();
    }
  });
}

test("files' compressed bytes add up to what the image's data takes", async () => {
  await withReader(async (reader) => {
    const files = await readStoredFiles(reader);
    const sum = files.reduce((total, { storedBytes }) => total + storedBytes, 0);
    // Data lies between the superblock (and gzip's options) and the table of inodes.
    const data = (reader.superblock.tables.inodes ?? 0) - 96;
    expect(Math.abs(sum - data)).toBeLessThanOrEqual(16);
    // Two names of one content share what it takes.
    const stored = new Map(files.map(({ path, storedBytes }) => [path, storedBytes]));
    expect(stored.get("var/copy")).toBe(stored.get("usr/bin/tool"));
    expect(stored.get("var/empty")).toBe(0);
  });
});

test("the tree adds up, the largest first, and sums up what is too small", async () => {
  await withReader(async (reader) => {
    const files = await readStoredFiles(reader);
    const root = sizeTree(files);
    const add = (node: SizeNode): void => {
      if (node.children.length === 0) return;
      const sum = node.children.reduce((total, { storedBytes }) => total + storedBytes, 0);
      expect(Math.abs(sum - node.storedBytes)).toBeLessThanOrEqual(node.children.length);
      expect(node.children.reduce((total, child) => total + child.files, 0)).toBe(node.files);
      node.children.forEach(add);
    };
    add(root);
    expect(root).toMatchObject({ name: "/", files: 5 });
    expect(root.children.map(({ name }) => name)).toEqual(["usr", "var"]);
    expect(root.children[1]?.children.map(({ name }) => name)).toEqual(["copy", "(2 more)"]);
  });
});

test("equal files are found, and that they are stored once", async () => {
  await withReader(async (reader) => {
    const files = await readStoredFiles(reader);
    expect(await findDuplicates(reader, files)).toEqual([
      {
        size: 300 * KIB,
        count: 2,
        copiesStored: 1,
        wastedBytes: 0,
        paths: ["/usr/bin/tool", "/var/copy"],
      },
    ]);
    // An image whose writer did not see that: the same content at two places.
    const apart = files.map((file, index) => ({ ...file, place: `${index}` }));
    expect(await findDuplicates(reader, apart)).toMatchObject([{ count: 2, copiesStored: 2 }]);
    const [group] = await findDuplicates(reader, apart);
    expect(group?.wastedBytes).toBeGreaterThan(0);
  });
});

test("documentation is something that need not ship", async () => {
  await withReader(async (reader) => {
    const [leftover, ...others] = findLeftovers(await readStoredFiles(reader));
    expect(leftover).toMatchObject({ kind: "documentation", files: 1, size: 200 * KIB });
    expect(leftover?.storedBytes).toBeLessThan(200 * KIB);
    expect(others).toEqual([]);
  });
});
