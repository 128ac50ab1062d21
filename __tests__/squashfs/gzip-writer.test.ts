import { createHash } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { inflateSync } from "node:zlib";
import type { Entry } from "../../src/oci/entry.ts";
import { readSuperblock } from "../../src/squashfs/superblock.ts";
import {
  type BlockCompressor,
  ZlibBlockCompressor,
} from "../../src/squashfs/write/block-compressor.ts";
import type { WrittenBlock } from "../../src/squashfs/write/block-queue.ts";
import { entry, fileEntry } from "../support/entries.ts";
import { noise, prose, randomTree } from "./random-tree.ts";
import { describeAll, imageBytes, readBack, type Source, withImage } from "./read-back.ts";

const write = (entries: Source) => imageBytes(entries);

test("an image without entries is an empty directory", async () => {
  await withImage([], {}, async (path) => {
    expect([...(await readBack(path)).values()]).toEqual([
      expect.objectContaining({ path: "", type: "directory", mode: 0o755, uid: 0, gid: 0 }),
    ]);
  });
});

test("everything that an entry says is in the image", async () => {
  const attributes = new Map(
    Array.from({ length: 20 }, (_, index) => [`user.${index}`, noise(index * 100, index)]),
  );
  attributes.set("security.capability", Buffer.from([1, 0, 0, 2, 0xff]));
  attributes.set("trusted.empty", Buffer.alloc(0));
  attributes.set("user.largest", noise(65_536, "x"));
  const tree = (): Entry[] => [
    entry("", {
      mode: 0o1711,
      uid: 12,
      gid: 34,
      extendedAttributes: new Map([["user.root", Buffer.from("r")]]),
    }),
    entry("z", { mode: 0o7777, uid: 4_294_967_295, gid: 2 ** 31 }),
    entry("a", {
      type: "symlink",
      linkTarget: "t".repeat(4095),
      extendedAttributes: new Map([["security.x", Buffer.from("y")]]),
    }),
    entry("z/null", { type: "character-device", device: { major: 4095, minor: 1_048_575 } }),
    entry("z/disk", {
      type: "block-device",
      device: { major: 8, minor: 300 },
      extendedAttributes: attributes,
    }),
    entry("z/pipe", { type: "fifo", mode: 0o600 }),
    entry("a2", { type: "hard-link", linkTarget: "a" }),
    entry("z/pipe2", { type: "hard-link", linkTarget: "z/pipe" }),
    fileEntry("z/n\xff\n".padEnd(257, "n"), prose(5000, 1), { extendedAttributes: attributes }),
    fileEntry("z/plain", noise(300_000, 2)),
    entry("z/plain2", { type: "hard-link", linkTarget: "z/plain" }),
    entry("z/plain3", { type: "hard-link", linkTarget: "z/plain" }),
  ];
  const links = ["a2", "z/pipe2", "z/plain2", "z/plain3"];
  await withImage(tree(), {}, async (path) => {
    const found = await readBack(path);
    for (const [name, expected] of await describeAll(tree())) {
      const { linkTarget } = expected;
      expect(found.get(name)).toEqual(
        links.includes(name)
          ? expect.objectContaining({ type: "hard-link", linkTarget })
          : expected,
      );
    }
    expect(found.size).toBe(tree().length);
  });
});

describe.each([4096, 131_072, 1_048_576])("with blocks of %d bytes", (blockSize) => {
  const sizes = [0, 1, blockSize - 1, blockSize, blockSize + 1, 3 * blockSize, 3 * blockSize + 7];

  test.each([
    ["text", prose],
    ["noise", noise],
    ["holes", (size: number) => Buffer.alloc(size)],
    [
      "text between holes",
      (size: number) => Buffer.concat([Buffer.alloc(blockSize), prose(size, 3)]).subarray(0, size),
    ],
    ["text before holes", (size: number) => prose(size, 4).fill(0, blockSize)],
  ])("contents of %s come back, whatever their size", async (_, make) => {
    const tree = () => sizes.map((size) => fileEntry(`f${size}`, make(size, size)));
    await withImage(tree(), { blockSize }, async (path) => {
      const found = await readBack(path);
      for (const [name, expected] of await describeAll(tree())) {
        expect(found.get(name)).toEqual(expected);
      }
      expect((await readSuperblock(path)).blockSize).toBe(blockSize);
    });
  });
});

test.each([1, 2, 3, 4, 5, 6])("random tree %d comes back", async (seed) => {
  await withImage(randomTree(seed, 4096), { blockSize: 4096 }, async (path) => {
    const [found, expected] = [await readBack(path), await describeAll(randomTree(seed, 4096))];
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    const origin = (tree: typeof found, name: string) => {
      const item = tree.get(name);
      return item?.type === "hard-link" ? (item.linkTarget ?? "") : name;
    };
    for (const name of expected.keys()) {
      const { path: __, type: _, linkTarget: ___, ...item } = found.get(origin(found, name)) ?? {};
      expect([name, item]).toEqual([
        name,
        (({ path: __, type: _, linkTarget: ___, ...rest }) => rest)(
          expected.get(origin(expected, name)) ?? ({} as never),
        ),
      ]);
    }
  });
});

describe("the bytes depend on the input alone", () => {
  const tree = () => randomTree(42, 4096);

  test("not on how many blocks are compressed at once", async () => {
    const first = await imageBytes(tree(), { blockSize: 4096, blocksInFlight: 1 });
    for (const blocksInFlight of [2, 8, 1000]) {
      const bytes = await imageBytes(tree(), { blockSize: 4096, blocksInFlight });
      expect(bytes.equals(first)).toBe(true);
    }
  });

  test("not on which block is compressed first", async () => {
    const zlib = new ZlibBlockCompressor(6);
    let count = 0;
    const shuffling: BlockCompressor = {
      async compress(block) {
        await setTimeout((count++ * 7) % 5);
        return await zlib.compress(block);
      },
    };
    const bytes = await imageBytes(tree(), { blockSize: 4096, compressor: shuffling });
    expect(bytes.equals(await imageBytes(tree(), { blockSize: 4096 }))).toBe(true);
    expect(count).toBeGreaterThan(20);
  });

  test("not on how contents are cut into chunks", async () => {
    const content = prose(50_000, 5);
    const cut = (size: number) => {
      async function* chunks() {
        for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
      }
      return [fileEntry("f", content, { content: chunks() })];
    };
    const whole = await imageBytes(cut(content.length), { blockSize: 4096 });
    for (const size of [1000, 4096, 4097, 12_288]) {
      expect((await imageBytes(cut(size), { blockSize: 4096 })).equals(whole)).toBe(true);
    }
  });

  test("not on time, zone and mask", async () => {
    const before = { TZ: process.env.TZ, SOURCE_DATE_EPOCH: process.env.SOURCE_DATE_EPOCH };
    const first = await write(tree());
    Object.assign(process.env, { TZ: "Asia/Tokyo", SOURCE_DATE_EPOCH: "1234567890" });
    try {
      expect((await write(tree())).equals(first)).toBe(true);
    } finally {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  });
});

describe("contents that are the same", () => {
  test.each([
    ["small", 3000],
    ["large", 1_000_000],
  ])("%s ones are stored once", async (_, size) => {
    const tree = (copies: number) =>
      Array.from({ length: copies }, (_, index) => fileEntry(`f${index}`, noise(size, 1)));
    const [one, many] = [await write(tree(1)), await write(tree(50))];
    expect(many.length - one.length).toBeLessThan(8192);
    await withImage(tree(50), {}, async (path) => {
      const digests = new Set([...(await readBack(path)).values()].map(({ sha256 }) => sha256));
      digests.delete(undefined);
      expect(digests.size).toBe(1);
    });
  });

  test("at their start only, are stored whole and come back", async () => {
    const base = prose(40_000, 6).fill(0, 8192, 12_288);
    const variant = (at: number) => {
      const bytes = Buffer.from(base);
      bytes[at] = 0xff;
      return bytes;
    };
    const tree = () => [
      fileEntry("f0", base),
      ...[0, 5000, 9000, 39_999, 20_000, 5000].map((at, index) =>
        fileEntry(`f${index + 1}`, variant(at)),
      ),
      fileEntry("noise", noise(40_000, 7)),
      fileEntry("noise2", Buffer.concat([noise(36_864, 7), prose(3136, 7)])),
      fileEntry("zeros", Buffer.alloc(40_000)),
      fileEntry("zeros2", Buffer.concat([Buffer.alloc(30_000), prose(10_000, 8)])),
    ];
    for (const blocksInFlight of [1, 100]) {
      await withImage(tree(), { blockSize: 4096, blocksInFlight }, async (path) => {
        const found = await readBack(path);
        for (const [name, expected] of await describeAll(tree())) {
          expect(found.get(name)).toEqual(expected);
        }
      });
    }
  });
});

test("each block is reported with its place and the digest of its content", async () => {
  const blocks: WrittenBlock[] = [];
  const tree = randomTree(7, 4096);
  const bytes = await imageBytes(tree, { blockSize: 4096, onBlock: (block) => blocks.push(block) });
  expect(blocks.length).toBeGreaterThan(50);
  expect(new Set(blocks.map(({ isCompressed }) => isCompressed)).size).toBe(2);
  let end = 0;
  for (const { offset, size, isCompressed, digest } of blocks) {
    const stored = bytes.subarray(offset, offset + size);
    const content = isCompressed ? inflateSync(stored) : stored;
    expect(createHash("sha256").update(content).digest().equals(digest)).toBe(true);
    expect(offset).toBeGreaterThanOrEqual(end);
    end = offset + size;
  }
});

test("another compressor takes the place of zlib, and can ask for digests", async () => {
  const digests = new Set<string>();
  const compressor: BlockCompressor = {
    async compress(block, digest) {
      digests.add(digest().toString("hex"));
      expect(createHash("sha256").update(block).digest().equals(digest())).toBe(true);
      return { bytes: block, isCompressed: false };
    },
  };
  const tree = () => [fileEntry("a", prose(300_000, 1)), fileEntry("b", "small")];
  await withImage(tree(), { compressor }, async (path) => {
    expect((await readBack(path)).get("a")).toEqual((await describeAll(tree())).get("a"));
  });
  expect(digests.size).toBe(4);
});

test("a compressor's failure is what is thrown", async () => {
  const compressor: BlockCompressor = {
    compress: () => Promise.reject(new Error("out of memory")),
  };
  await expect(imageBytes([fileEntry("a")], { compressor })).rejects.toThrow("out of memory");
});

test.each([
  ["keep", [0, 1_700_000_000, 2 ** 32 - 1], 0],
  ["epoch", [0, 0, 0], 0],
  [{ clamp: 1_600_000_000 }, [0, 1_600_000_000, 1_600_000_000], 1_600_000_000],
] as const)("modification times: %j", async (modificationTimes, expected, imageTime) => {
  const tree = [
    entry("a", { modified: { seconds: -5, nanoseconds: 999_999_999 } }),
    entry("b", { modified: { seconds: 1_700_000_000, nanoseconds: 999_999_999 } }),
    entry("c", { modified: { seconds: 2 ** 33, nanoseconds: 0 } }),
  ];
  await withImage(tree, { modificationTimes }, async (path) => {
    const found = await readBack(path);
    expect(["a", "b", "c"].map((name) => found.get(name)?.modified.seconds)).toEqual(expected);
    expect((await readSuperblock(path)).modified).toBe(imageTime);
  });
});
