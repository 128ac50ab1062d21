import { setTimeout } from "node:timers/promises";
import { ConversionError } from "../../src/errors.ts";
import type { Entry } from "../../src/oci/entry.ts";
import { GzipWriter } from "../../src/squashfs/gzip-writer.ts";
import { entry, fileEntry } from "../support/entries.ts";
import { noise, prose } from "./random-tree.ts";
import { imageBytes, type Source } from "./read-back.ts";

const write = (entries: Source, signal?: AbortSignal) =>
  imageBytes(entries, { ...(signal && { signal }) });

describe("what cannot be stored is refused by its name", () => {
  const wrongSize = (size: number) => ({ ...fileEntry("f\n", prose(5000, 1)), size });
  test.each<[string, Entry[], string]>([
    ["a content that is too short", [wrongSize(5001)], '"f\\x0a" does not have the 5001 bytes'],
    ["a content that is too long", [wrongSize(4999)], "4999 bytes that were announced"],
    ["a large content that is too short", [wrongSize(2 ** 50)], "bytes that were announced"],
    ["a name of 256 bytes", [entry("n".repeat(256))], "its name has 256 bytes"],
    ["a file without its directory", [fileEntry("a/b")], '"a/b" cannot be stored'],
    ["a path that starts with a slash", [entry("/a")], '"/a" cannot be stored'],
    ["a parent directory", [entry("..")], '".." cannot be stored'],
    ["a file twice", [entry("a"), fileEntry("a/b"), fileEntry("a/b")], '"a/b" comes twice'],
    ["a directory twice", [entry("a"), entry("a")], '"a" comes twice'],
    ["a root that is a file", [fileEntry("")], "root cannot be stored"],
    ["a link to nothing", [entry("l", { type: "hard-link", linkTarget: "a" })], 'names "a"'],
    [
      "a link to a directory",
      [entry("a"), entry("l", { type: "hard-link", linkTarget: "a" })],
      'names "a"',
    ],
    ["a link to itself", [entry("l", { type: "hard-link", linkTarget: "l" })], 'names "l"'],
    ["a symlink to nothing", [entry("l", { type: "symlink", linkTarget: "" })], "has 0 bytes"],
    [
      "a long symlink",
      [entry("l", { type: "symlink", linkTarget: "t".repeat(4096) })],
      '"l" cannot be stored',
    ],
    [
      "a device",
      [entry("d", { type: "block-device", device: { major: 4096, minor: 0 } })],
      "4096, 0",
    ],
    ["a user", [entry("d", { uid: 2 ** 32 })], "user or group 4294967296"],
    [
      "an attribute",
      [entry("d", { extendedAttributes: new Map([["system.x", Buffer.alloc(3)]]) })],
      '"system.x" of "d"',
    ],
    [
      "a value",
      [entry("d", { extendedAttributes: new Map([["user.x", Buffer.alloc(65_537)]]) })],
      "65537 bytes",
    ],
  ])("%s", async (_, entries, message) => {
    const error = await write(entries).catch((reason) => reason);
    expect(error).toBeInstanceOf(ConversionError);
    expect(error.message).toContain(message);
  });
});

test("a full disk is reported as the system does", async () => {
  const error = await new GzipWriter()
    .write([fileEntry("f", noise(3_000_000, 1))], "/dev/full", { compression: "gzip" })
    .catch((reason) => reason);
  expect(error.code).toBe("ENOSPC");
});

test("what the entries throw is what is thrown", async () => {
  async function* broken() {
    yield fileEntry("f", prose(1_000_000, 1));
    throw new Error("the archive is gone");
  }
  await expect(write(broken())).rejects.toThrow("the archive is gone");
});

describe("an abort ends the writing soon", () => {
  test.each<[string, () => AsyncGenerator<Entry>]>([
    [
      "while entries keep it waiting",
      async function* () {
        yield entry("");
        await new Promise(() => {});
      },
    ],
    [
      "while a content keeps it waiting",
      async function* () {
        async function* content() {
          yield Buffer.alloc(10);
          await new Promise(() => {});
        }
        yield fileEntry("f", Buffer.alloc(100), { content: content() });
      },
    ],
    [
      "while there is no end of entries",
      async function* () {
        for (let index = 0; ; index++) yield fileEntry(`f${index}`, noise(5000, index));
      },
    ],
  ])("%s", async (_, entries) => {
    const controller = new AbortController();
    const result = write(entries(), controller.signal).catch((reason) => reason);
    await setTimeout(50);
    controller.abort(new Error("enough"));
    const aborted = performance.now();
    expect((await result).message).toBe("enough");
    expect(performance.now() - aborted).toBeLessThan(5000);
  });

  test("and the source is told", async () => {
    let isClosed = false;
    const controller = new AbortController();
    async function* entries() {
      try {
        for (let index = 0; ; index++) {
          if (index === 10) controller.abort(new Error("enough"));
          yield entry(`d${index}`);
        }
      } finally {
        isClosed = true;
      }
    }
    await expect(write(entries(), controller.signal)).rejects.toThrow("enough");
    expect(isClosed).toBe(true);
  });
});
