import { createHash } from "node:crypto";
import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { chunkSizeOf, descriptorDigest, encodeDescriptor } from "../../src/gvmi/descriptor.ts";
import { hashFile } from "../../src/gvmi/hash-file.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

test("a descriptor is what the official client would send", () => {
  const file = Buffer.from("0123456789");
  const descriptor = encodeDescriptor({
    size: file.length,
    hash: createHash("sha3-224").update(file).digest("hex"),
    chunkSize: 4,
    chunkDigests: ["0123", "4567", "89"].map((chunk) => sha256(Buffer.from(chunk))),
  });
  expect(descriptor).toHaveLength(148);
  expect(descriptorDigest(descriptor)).toBe(
    "2acb8cc4ad0b3b155030beb5ac8318c5cdb68a1ca89c71b3e66eeebd241cbf1e",
  );
});

const MIB = 2 ** 20;
test.each([
  [0, 2],
  [200 * MIB, 2],
  [200 * MIB + 1, 5],
  [500 * MIB + 1, 10],
  [1024 * MIB, 10],
  [1024 * MIB + 1, 20],
  [2048 * MIB + 1, 50],
  [5120 * MIB, 50],
  [5120 * MIB + 1, 100],
])("a file of %i bytes is sent in chunks of %i MiB", (size, chunk) => {
  expect(chunkSizeOf(size)).toBe(chunk * MIB);
});

test.each([
  ["small", 3 * MIB],
  ["large", 9 * MIB + 5],
])("a %s file is read to its descriptor", async (_, size) => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "file");
    await writeFile(path, "the start");
    await truncate(path, size);
    const bytes = Buffer.alloc(size);
    bytes.write("the start");
    const chunkDigests: string[] = [];
    for (let at = 0; at < size; at += 2 * MIB) {
      chunkDigests.push(sha256(bytes.subarray(at, at + 2 * MIB)));
    }
    const hash = createHash("sha3-224").update(bytes).digest("hex");
    expect(await hashFile(path)).toEqual({
      hash,
      sha256: sha256(bytes),
      size,
      descriptor: encodeDescriptor({ size, hash, chunkSize: 2 * MIB, chunkDigests }),
    });
  });
});
