import { createHash } from "node:crypto";
import { DigestIndex } from "../../../src/squashfs/write/digest-index.ts";

const digest = (value: number) => createHash("sha256").update(String(value)).digest();

test("numbers are found by their digests, however many there are", () => {
  const index = new DigestIndex();
  for (let value = 0; value < 20_000; value++) {
    expect(index.get(digest(value))).toBeUndefined();
    index.add(digest(value), value * 3);
  }
  for (let value = 0; value < 20_000; value++) expect(index.get(digest(value))).toBe(value * 3);
});

test("digests that begin alike are told apart", () => {
  const index = new DigestIndex();
  const variants = Array.from({ length: 200 }, (_, last) => Buffer.alloc(32, 7).fill(last, 31));
  for (const [value, variant] of variants.entries()) index.add(variant, value);
  expect(variants.map((variant) => index.get(variant))).toEqual([...variants.keys()]);
  expect(index.get(Buffer.alloc(32, 8))).toBeUndefined();
});
