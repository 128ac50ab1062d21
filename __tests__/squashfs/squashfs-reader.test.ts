import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { inflateSync } from "node:zlib";
import { GvmiFormatError } from "../../src/errors.ts";
import { SquashfsReader } from "../../src/squashfs/squashfs-reader.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { entry, fileEntry } from "../support/entries.ts";
import { superblock } from "../support/gvmi.ts";
import { prose, randomNumbers, randomTree } from "./random-tree.ts";
import { describe as describeEntry, imageBytes, readBack, withImage } from "./read-back.ts";

/** Reads everything in an image, as far as it can be read. */
async function readAll(bytes: Buffer): Promise<unknown> {
  return await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "image");
    await writeFile(path, bytes);
    const reader = await SquashfsReader.open(path).catch((error) => error);
    if (!(reader instanceof SquashfsReader)) return reader;
    try {
      // What damage makes of a size is not believed either: a content may be endless holes.
      let left = 50_000_000;
      for await (const item of reader.entries()) {
        for await (const chunk of item.content ?? []) {
          left -= chunk.length;
          if (left < 0) return undefined;
        }
      }
      return undefined;
    } catch (error) {
      return error;
    } finally {
      await reader.close();
    }
  });
}

test.each(["xz", "lzo", "lz4", "zstd"])("an image with %s is named as such", async (name) => {
  const id = { lzo: 3, xz: 4, lz4: 5, zstd: 6 }[name] ?? 0;
  const error = await readAll(superblock(96, (bytes) => bytes.writeUInt16LE(id, 20)));
  expect(error).toBeInstanceOf(GvmiFormatError);
  expect((error as Error).message).toContain(`compressed with ${name}`);
});

test("a path is found without reading the others", async () => {
  const tree = [entry("a"), entry("a/b"), fileEntry("a/b/c", "content"), entry("d")];
  tree.push(entry("l", { type: "symlink", linkTarget: "a" }));
  await withImage(tree, {}, async (path) => {
    const reader = await SquashfsReader.open(path);
    try {
      const found = await reader.find("a/b/c");
      expect(found && (await describeEntry(found)).size).toBe(7);
      expect((await reader.find(""))?.type).toBe("directory");
      expect(await reader.find("l")).toMatchObject({ type: "symlink", linkTarget: "a" });
      for (const missing of ["a/x", "a/b/c/d", "l/b", "a/", "/a"]) {
        expect(await reader.find(missing)).toBeUndefined();
      }
    } finally {
      await reader.close();
    }
  });
});

test("contents can be read in any order, and again", async () => {
  const contents = [prose(300_000, 1), prose(10, 2), prose(5000, 3)];
  await withImage(
    contents.map((bytes, index) => fileEntry(`f${index}`, bytes)),
    {},
    async (path) => {
      const reader = await SquashfsReader.open(path);
      try {
        for (const index of [2, 0, 1, 0]) {
          const chunks: Uint8Array[] = [];
          for await (const chunk of (await reader.find(`f${index}`))?.content ?? []) {
            chunks.push(chunk);
          }
          expect(Buffer.concat(chunks).equals(contents[index] ?? Buffer.alloc(0))).toBe(true);
        }
      } finally {
        await reader.close();
      }
    },
  );
});

test("an image can be a part of an open file", async () => {
  await withImage(randomTree(1, 4096), {}, async (path) => {
    const expected = await readBack(path);
    await writeFile(path, Buffer.concat([await readFile(path), Buffer.from("trailer")]));
    expect(await readBack(path)).toEqual(expected);
    const error = await SquashfsReader.open("/dev/null").catch((reason) => reason);
    expect(error).toBeInstanceOf(GvmiFormatError);
  });
});

test("an abort ends the listing", async () => {
  await withImage(randomTree(1, 4096), {}, async (path) => {
    const reader = await SquashfsReader.open(path);
    const controller = new AbortController();
    const listing = async () => {
      for await (const _ of reader.entries(controller.signal)) {
        controller.abort(new Error("enough"));
        await setImmediate();
      }
    };
    try {
      await expect(listing()).rejects.toThrow("enough");
    } finally {
      await reader.close();
    }
  });
});

describe("damaged images fail cleanly", () => {
  const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
  const runs = Number(process.env.FUZZ_RUNS ?? 150);
  const image = () => imageBytes(randomTree(3, 4096), { blockSize: 4096 });
  const expectClean = (error: unknown, what: string) => {
    if (error === undefined || error instanceof GvmiFormatError) return;
    throw new Error(`${what}, FUZZ_SEED=${seed}`, { cause: error });
  };

  test("when they are cut off", async () => {
    const bytes = await image();
    const random = randomNumbers(seed);
    for (let run = 0; run < runs / 3; run++) {
      const length = Math.floor(random() * (bytes.length - 4096));
      const error = await readAll(bytes.subarray(0, length));
      expect([length, error]).toEqual([length, expect.any(GvmiFormatError)]);
    }
  });

  test("when bytes are changed", async () => {
    const bytes = await image();
    const random = randomNumbers(seed);
    let failures = 0;
    for (let run = 0; run < runs; run++) {
      const changed = Buffer.from(bytes);
      const tables = bytes.readUIntLE(64, 6);
      for (let left = 1 + Math.floor(random() * 4); left > 0; left--) {
        // Half of the changes among the tables, which are a small part of the image.
        const start = random() < 0.5 ? tables : 0;
        changed[start + Math.floor(random() * (bytes.length - start))] = Math.floor(random() * 256);
      }
      const error = await readAll(changed);
      expectClean(error, `run ${run}`);
      if (error !== undefined) failures++;
    }
    expect(failures).toBeGreaterThan(runs / 10);
  });

  test("when their tables are changed below the compression", async () => {
    const random = randomNumbers(seed);
    // Blocks that zlib makes no smaller are stored as they are, so that changes reach what is in them.
    const bytes = await imageBytes(uncompressible(), { blockSize: 4096 });
    let failures = 0;
    for (let run = 0; run < runs; run++) {
      const changed = Buffer.from(bytes);
      const tables = bytes.readUIntLE(64, 6);
      const at = tables + Math.floor(random() * (bytes.readUIntLE(40, 6) - tables));
      changed[at] = Math.floor(random() * 256);
      const error = await readAll(changed);
      expectClean(error, `run ${run}, byte ${at}`);
      if (error !== undefined) failures++;
    }
    expect(failures).toBeGreaterThan(runs / 10);
  });

  test("when a directory contains itself", async () => {
    const bytes = await imageBytes([entry("d"), entry("d/d")]);
    const sound = laidOutAgain(bytes, () => {});
    expect(await readAll(sound)).toBeUndefined();
    // The inodes are those of d/d, d and the root; d/d gets the listing of d.
    const endless = laidOutAgain(bytes, (inodes) => inodes.copy(inodes, 16, 48, 60));
    expect(await readAll(endless)).toEqual(
      expect.objectContaining({ message: expect.stringContaining("a directory is in two places") }),
    );
  });
});

/** A few names that are noise, so that the tables' blocks are stored uncompressed. */
function uncompressible() {
  const random = randomNumbers(1);
  const name = () =>
    String.fromCharCode(...Array.from({ length: 200 }, () => 0x80 + random() * 127));
  const files = Array.from({ length: 30 }, () =>
    fileEntry(name(), "x", {
      uid: Math.floor(random() * 2 ** 32),
      gid: Math.floor(random() * 2 ** 32),
      modified: { seconds: Math.floor(random() * 2 ** 32), nanoseconds: 0 },
      extendedAttributes: new Map([[`user.${name().slice(0, 30)}`, Buffer.from(name(), "latin1")]]),
    }),
  );
  return [...files, entry("link", { type: "symlink", linkTarget: name() }), entry("directory")];
}

/** A small image with its metadata uncompressed and changed. */
function laidOutAgain(image: Buffer, changeInodes: (inodes: Buffer) => void): Buffer {
  const position = (offset: number) => image.readUIntLE(offset, 6);
  const block = (start: number) => {
    const header = image.readUInt16LE(start);
    const stored = image.subarray(start + 2, start + 2 + (header & 0x7fff));
    return header & 0x8000 ? Buffer.from(stored) : inflateSync(stored);
  };
  const [inodes, listing] = [block(position(64)), block(position(72))];
  changeInodes(inodes);
  const parts: Buffer[] = [Buffer.from(image.subarray(0, 96))];
  const append = (bytes: Buffer) => parts.push(bytes) && Buffer.concat(parts).length - bytes.length;
  const appendBlock = (bytes: Uint8Array) => {
    const header = Buffer.alloc(2);
    header.writeUInt16LE(bytes.length | 0x8000);
    return append(Buffer.concat([header, bytes]));
  };
  const [header] = parts as [Buffer];
  header.writeBigUInt64LE(BigInt(appendBlock(inodes)), 64);
  header.writeBigUInt64LE(BigInt(appendBlock(listing)), 72);
  const ids = Buffer.alloc(8);
  ids.writeBigUInt64LE(BigInt(appendBlock(Buffer.alloc(4))));
  header.writeBigUInt64LE(BigInt(append(ids)), 48);
  for (const offset of [56, 80, 88]) header.writeBigUInt64LE(2n ** 64n - 1n, offset);
  header.writeBigUInt64LE(BigInt(Buffer.concat(parts).length), 40);
  return Buffer.concat(parts);
}
