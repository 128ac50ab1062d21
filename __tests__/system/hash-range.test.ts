import { createHash, randomBytes } from "node:crypto";
import { type FileHandle, open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { hashRange } from "../../src/system/hash-range.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";

const BYTES = randomBytes(2_500_000);

async function withFile<T>(body: (handle: FileHandle) => Promise<T>): Promise<T> {
  return await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "file");
    await writeFile(path, BYTES);
    const handle = await open(path, "r");
    try {
      return await body(handle);
    } finally {
      await handle.close();
    }
  });
}

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

test.each([
  ["all of it", 0, 2_500_000],
  ["a part", 1_234_567, 1_000_001],
  ["nothing", 100, 0],
])("%s is hashed, whole and in pieces, by several algorithms", async (_, start, length) => {
  const range = BYTES.subarray(start, start + length);
  const pieceSize = 700_000;
  const pieces: string[] = [];
  for (let at = 0; at < length; at += pieceSize) {
    pieces.push(sha256(range.subarray(at, at + pieceSize)));
  }
  const requests = [
    { algorithm: "sha256" },
    { algorithm: "sha256", pieceSize },
    { algorithm: "sha512" },
  ];
  const result = await withFile((handle) => hashRange(handle, { start, length }, requests));
  const sha512 = createHash("sha512").update(range).digest("hex");
  expect(result).toEqual({ bytesRead: length, digests: [[sha256(range)], pieces, [sha512]] });
});

test("pieces that fill the range leave no empty one behind", async () => {
  const requests = [{ algorithm: "sha256", pieceSize: 500_000 }];
  const range = { start: 0, length: BYTES.length };
  const { digests } = await withFile((handle) => hashRange(handle, range, requests));
  expect(digests[0]).toHaveLength(5);
});

test("a file that ends before the range does is told by the bytes read", async () => {
  const range = { start: 2_000_000, length: 1_000_000 };
  const result = await withFile((handle) => hashRange(handle, range, [{ algorithm: "sha256" }]));
  expect(result).toEqual({ bytesRead: 500_000, digests: [[sha256(BYTES.subarray(2_000_000))]] });
});

test("an unknown algorithm and a file that cannot be read are errors", async () => {
  const range = { start: 0, length: 10 };
  await withFile((handle) =>
    expect(hashRange(handle, range, [{ algorithm: "sha0" }])).rejects.toThrow("Digest method"),
  );
  const directory = await open("/", "r");
  try {
    const hashed = hashRange(directory, range, [{ algorithm: "sha256" }]);
    await expect(hashed).rejects.toThrow("EISDIR");
  } finally {
    await directory.close();
  }
});

test("hashing without an end is ended by an abort", async () => {
  const endless = await open("/dev/zero", "r");
  try {
    const controller = new AbortController();
    const range = { start: 0, length: Number.MAX_SAFE_INTEGER };
    const hashed = hashRange(endless, range, [{ algorithm: "sha256" }], controller.signal);
    controller.abort(new Error("enough"));
    await expect(hashed).rejects.toThrow("enough");
  } finally {
    await endless.close();
  }
});
