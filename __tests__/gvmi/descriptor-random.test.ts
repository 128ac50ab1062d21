import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sha3_224 } from "js-sha3";
import { chunkSizeOf } from "../../src/gvmi/descriptor.ts";
import { hashFile } from "../../src/gvmi/hash-file.ts";
import { Random } from "../support/random.ts";

const MIB = 1024 ** 2;

/** The registry's descriptor after its description alone, as hexadecimal text. */
function describeBytes(bytes: Buffer): string {
  const number = (value: number) => value.toString(16).padStart(16, "0");
  let text = `0000000333333334${number(bytes.length)}${number(2 * MIB)}${sha3_224(bytes)}`;
  for (let rest = bytes; rest.length > 0; rest = rest.subarray(2 * MIB)) {
    text += createHash("sha256")
      .update(rest.subarray(0, 2 * MIB))
      .digest("hex");
  }
  return text;
}

test("the descriptors of a thousand random files are what their description makes of them", async () => {
  const seed = Number(process.env.DESCRIPTOR_SEED ?? Date.now() % 1e9);
  const random = new Random(seed);
  const directory = mkdtempSync(join(tmpdir(), "descriptor-"));
  const path = join(directory, "file");
  try {
    for (let number = 0; number < 1000; number++) {
      // Most are small; some end near the end of a chunk, and some are hashed in threads.
      const chunks = number % 50 === 0 ? random.below(6) : 0;
      const around = chunks > 0 ? random.below(5) - 2 : random.below(20_000);
      const bytes = Buffer.alloc(chunks * 2 * MIB + around, `${seed} ${number}`);
      bytes.writeUInt8(random.below(256), Math.max(0, bytes.length - 1 - random.below(10)));
      writeFileSync(path, bytes);
      const { descriptor, hash } = await hashFile(path);
      const actual = { seed, number, descriptor: descriptor.toString("hex"), hash };
      expect(actual).toEqual({
        ...{ seed, number },
        descriptor: describeBytes(bytes),
        hash: sha3_224(bytes),
      });
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test.each([
  [5 * 1024 * MIB + 1, 100],
  [5 * 1024 * MIB, 50],
  [2 * 1024 * MIB + 1, 50],
  [2 * 1024 * MIB, 20],
  [1024 * MIB + 1, 20],
  [1024 * MIB, 10],
  [500 * MIB + 1, 10],
  [500 * MIB, 5],
  [200 * MIB + 1, 5],
  [200 * MIB, 2],
  [0, 2],
])("a file of %d bytes has chunks of %d MiB", (size, mebibytes) => {
  expect(chunkSizeOf(size)).toBe(mebibytes * MIB);
});
