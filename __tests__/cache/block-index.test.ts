import { createHash } from "node:crypto";
import { BlockIndex, BlockIndexBuilder } from "../../src/cache/block-index.ts";

const FILE = "ab".repeat(32);
const digest = (text: string) => createHash("sha256").update(text).digest();

function sample(): Buffer {
  const builder = new BlockIndexBuilder();
  builder.add(digest("a"), { offset: 96, size: 1000, isCompressed: true });
  builder.add(digest("b"), { offset: 2 ** 40, size: 131_072, isCompressed: false });
  return builder.encode(FILE);
}

test("blocks are found again by the digest of their content", () => {
  const index = BlockIndex.decode(sample(), FILE);
  expect(index?.find(digest("a"))).toEqual({ offset: 96, size: 1000, isCompressed: true });
  expect(index?.find(digest("b"))).toEqual({ offset: 2 ** 40, size: 131_072, isCompressed: false });
  expect(index?.find(digest("c"))).toBeUndefined();
});

test("an index with any bit flipped, or cut anywhere, is no index", () => {
  const good = sample();
  for (let at = 0; at < good.length; at++) {
    const damaged = Buffer.from(good);
    damaged[at] = (damaged[at] ?? 0) ^ 0x10;
    expect(BlockIndex.decode(damaged, FILE)).toBeUndefined();
    expect(BlockIndex.decode(good.subarray(0, at), FILE)).toBeUndefined();
  }
});

test("the index of another file is no index", () => {
  expect(BlockIndex.decode(sample(), "cd".repeat(32))).toBeUndefined();
});
