import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Image, withImage } from "../../src/oci/image.ts";
import type { ImageTree } from "../../src/oci/image-tree.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import {
  directory,
  file,
  gzipped,
  hardLink,
  ociArchive,
  plain,
  symlink,
  type TestLayer,
} from "../support/archives.ts";

async function withTree<T>(
  layers: readonly TestLayer[],
  body: (image: Image, tree: ImageTree) => Promise<T>,
): Promise<T> {
  return withTemporaryDirectory(async (parent) => {
    const path = join(parent, "image.tar");
    await writeFile(path, ociArchive(layers));
    return withImage(path, {}, async (image) => body(image, await image.readTree()));
  });
}

const LONG = Buffer.alloc(3 * 1024 * 1024, "x");
const layers = [
  plain([
    directory("bin/"),
    file("bin/busybox", "program"),
    file("below", "old"),
    file("long", LONG),
  ]),
  gzipped([
    hardLink("bin/sh", "bin/busybox"),
    symlink("link", "below"),
    file("below", "new content"),
    file("empty", ""),
  ]),
];

test("heads are of the topmost layer, and no longer than is wanted or there", async () => {
  const wanted: Record<string, number> = {
    below: 3,
    long: 5,
    empty: 9,
    "bin/busybox": 100,
    link: 9,
  };
  const heads = await withTree(layers, (image, tree) =>
    image.readHeads(tree, ({ path }) => wanted[path] ?? 0),
  );
  const texts = [...heads].map(([path, head]) => [path, head.toString()]);
  expect(Object.fromEntries(texts)).toEqual({
    below: "new",
    long: "xxxxx",
    "bin/busybox": "program",
  });
});

test("each name of a file can be asked for, and gets the same bytes", async () => {
  const asked: string[] = [];
  const heads = await withTree(layers, (image, tree) =>
    image.readHeads(tree, ({ path, type, size }) => {
      asked.push(`${path} ${type} ${size}`);
      return path === "bin/sh" ? 4 : 0;
    }),
  );
  expect(asked).toContain("bin/sh file 7");
  expect([...heads]).toEqual([["bin/sh", Buffer.from("prog")]]);
});

test("one file costs 256 KiB at most", async () => {
  const heads = await withTree(layers, (image, tree) => image.readHeads(tree, () => 1e9));
  expect(heads.get("long")).toHaveLength(256 * 1024);
});

test("all heads cost 64 MiB at most", async () => {
  const many = Array.from({ length: 300 }, (_, number) =>
    file(`file${number}`, Buffer.alloc(256 * 1024)),
  );
  const heads = await withTree([plain(many)], (image, tree) => image.readHeads(tree, () => 1e9));
  expect(heads.size).toBe(256);
});

test("the head of a sparse file has its holes", async () => {
  const sparse = file("sparse", "data", {
    pax: [
      ["GNU.sparse.major", "0"],
      ["GNU.sparse.minor", "1"],
      ["GNU.sparse.size", "100"],
      ["GNU.sparse.map", "8,4"],
    ],
  });
  const heads = await withTree([plain([sparse])], (image, tree) => image.readHeads(tree, () => 16));
  expect(heads.get("sparse")?.toString("latin1")).toBe(`${"\0".repeat(8)}data${"\0".repeat(4)}`);
});

test("single paths are found without following links", async () => {
  await withTree(layers, async (_, tree) => {
    const files = tree.metadata();
    expect(files.find("")).toMatchObject({ type: "directory" });
    expect(files.find("bin/sh")).toMatchObject({ path: "bin/sh", type: "file", size: 7 });
    expect(files.find("link")).toMatchObject({ type: "symlink", linkTarget: "below" });
    for (const path of ["nothing", "below/x", "link/x", "bin/"]) {
      expect(files.find(path)).toBeUndefined();
    }
  });
});
