import { readSuperblock } from "../../src/squashfs/superblock.ts";
import { entry, fileEntry } from "../support/entries.ts";
import { imageBytes, readBack, withImage } from "./read-back.ts";

describe("large numbers", () => {
  test("100,000 files in one directory", async () => {
    const COUNT = 100_000;
    function* files() {
      yield entry("d");
      for (let index = 0; index < COUNT; index++) {
        yield fileEntry(`d/file-${(index * 7919) % COUNT}`, `${index % 100}`);
      }
    }
    await withImage(files(), {}, async (path) => {
      expect((await readSuperblock(path)).inodeCount).toBe(COUNT + 2);
      expect((await readBack(path)).size).toBe(COUNT + 2);
    });
  });

  test("65,536 hard links", async () => {
    function* links() {
      yield fileEntry("f0", "content");
      for (let index = 1; index <= 65_536; index++) {
        yield entry(`f${index}`, { type: "hard-link", linkTarget: `f${index >> 1}` });
      }
    }
    await withImage(links(), {}, async (path) => {
      expect((await readSuperblock(path)).inodeCount).toBe(2);
      const found = [...(await readBack(path)).values()];
      expect(found.filter(({ linkTarget }) => linkTarget === "f0").length).toBe(65_536);
    });
  });

  test("directories in directories", async () => {
    function* deep() {
      for (let depth = 1; depth <= 5000; depth++) yield entry(Array(depth).fill("d").join("/"));
    }
    await withImage(deep(), {}, async (path) => {
      expect((await readBack(path)).size).toBe(5001);
    });
  });

  test("a file of 6 GB that is almost all holes", async () => {
    const size = 6 * 2 ** 30;
    const zeros = Buffer.alloc(1024 * 1024);
    async function* content() {
      yield Buffer.from("start");
      for (let at = 5; at < size - zeros.length; at += zeros.length) yield zeros;
      yield zeros.subarray(0, zeros.length - 5);
    }
    await withImage([fileEntry("f", "", { size, content: content() })], {}, async (path) => {
      expect((await readSuperblock(path)).bytesUsed).toBeLessThan(100_000);
      expect((await readBack(path)).get("f")?.size).toBe(size);
    });
  });

  test("more owners than squashfs counts", async () => {
    const owners = (count: number) =>
      Array.from({ length: count }, (_, uid) => entry(`d${uid}`, { uid, gid: 0 }));
    await expect(imageBytes(owners(65_536))).rejects.toThrow("more than 65535 different users");
    expect((await imageBytes(owners(65_535))).readUInt16LE(26)).toBe(65_535);
  });

  test("a content that almost vanishes when compressed takes little memory", async () => {
    const [size, chunkSize] = [256 * 2 ** 20, 2 ** 20];
    async function* content() {
      for (let at = 0; at < size; at += chunkSize)
        yield Buffer.alloc(chunkSize, at / chunkSize + 1);
    }
    let most = 0;
    const onBlock = () => {
      most = Math.max(most, process.memoryUsage().arrayBuffers);
    };
    const before = process.memoryUsage().arrayBuffers;
    const file = fileEntry("f", "", { size, content: content() });
    expect((await imageBytes([file], { onBlock })).length).toBeLessThan(1_000_000);
    expect(most - before).toBeLessThan(100 * 2 ** 20);
  });
});
