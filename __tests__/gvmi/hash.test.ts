import { createHash, getHashes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createPortableSha3, createSha3, GvmiHasher } from "../../src/gvmi/hash.ts";
import { hashFile } from "../../src/gvmi/hash-file.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";

const BYTES = Buffer.from(Array.from({ length: 10_000 }, (_, index) => (index * 7919) >> 3));

/** FIPS 202's example: SHA3-224 of nothing. */
const OF_NOTHING = "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7";

test.each([
  ["by default", createSha3],
  ["in JavaScript", createPortableSha3],
])("SHA3-224 %s is the standard's", (_, create) => {
  expect(create().hex()).toBe(OF_NOTHING);
});

// SHA3-224 absorbs 144 bytes at a time.
test.each([1, 143, 144, 145, 4096, 10_000])(
  "both SHA3-224 agree when they are fed %i bytes at a time",
  (size) => {
    expect(getHashes()).toContain("sha3-224");
    const [ours, portable] = [createSha3(), createPortableSha3()];
    for (let at = 0; at < BYTES.length; at += size) {
      ours.update(BYTES.subarray(at, at + size));
      portable.update(BYTES.subarray(at, at + size));
    }
    const expected = createHash("sha3-224").update(BYTES).digest("hex");
    expect([ours.hex(), portable.hex()]).toEqual([expected, expected]);
  },
);

test("a file is hashed whole, whatever its size", async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "file");
    for (const size of [0, 1, 1 << 20, (1 << 20) + 1, 9_500_000]) {
      const bytes = Buffer.alloc(size, BYTES);
      await writeFile(path, bytes);
      const hasher = new GvmiHasher();
      hasher.update(bytes);
      expect(await hashFile(path)).toMatchObject(hasher.finish());
      expect((await hashFile(path)).sha256).toBe(createHash("sha256").update(bytes).digest("hex"));
      expect((await hashFile(path)).size).toBe(size);
    }
  });
});

test("hashing a file ends when it is aborted", async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "file");
    await writeFile(path, BYTES);
    await expect(hashFile(path, AbortSignal.abort(new Error("enough")))).rejects.toThrow("enough");
  });
});
