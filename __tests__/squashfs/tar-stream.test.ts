import { StreamReader } from "../../src/oci/byte-reader.ts";
import type { Entry, EntryMetadata } from "../../src/oci/entry.ts";
import type { TarEntry } from "../../src/oci/tar-entry.ts";
import { readTar } from "../../src/oci/tar-reader.ts";
import { tarStream } from "../../src/squashfs/tar-stream.ts";
import { entry, fileEntry } from "../support/entries.ts";

/** Writes entries and reads them back. */
async function roundTrip(entries: readonly Entry[]): Promise<TarEntry[]> {
  async function* buffers() {
    for await (const chunk of tarStream(entries)) yield Buffer.from(chunk);
  }
  const read: TarEntry[] = [];
  for await (const item of readTar(new StreamReader(buffers()))) read.push(item);
  return read;
}

test("everything that an entry says survives", async () => {
  const long = `${"ü\xff\n".repeat(80)}/${"d".repeat(200)}`;
  const attributes = new Map([
    ["security.capability", Buffer.from([1, 0, 0, 2, 0xff, 0x0a, 0x3d])],
    ["user.empty", Buffer.alloc(0)],
  ]);
  const entries: Entry[] = [
    entry("", { mode: 0o1711, uid: 12, gid: 34, modified: { seconds: 1000, nanoseconds: 5 } }),
    entry(long, { extendedAttributes: attributes, uid: 4294967294, gid: 2 ** 31 }),
    entry("n".repeat(100), { type: "symlink", linkTarget: `../${"t".repeat(99)}` }),
    entry("null", { type: "character-device", device: { major: 1, minor: 300 } }),
    entry("disk", { type: "block-device", device: { major: 4095, minor: 1_048_575 } }),
    entry("pipe", { type: "fifo", mode: 0o600 }),
    fileEntry("f", "content"),
    entry("g", { type: "hard-link", linkTarget: long }),
  ];
  const read = await roundTrip(entries);
  const expected = entries.map(({ path, type, mode, uid, gid, size, linkTarget = "", device }) => ({
    name: path === "" ? "./" : type === "directory" ? `${path}/` : path,
    type,
    mode,
    uid,
    gid,
    size,
    linkName: linkTarget,
    ...(device && { device }),
  }));
  expect(read).toEqual(expected.map((item) => expect.objectContaining(item)));
  expect(read[1]?.extendedAttributes).toEqual(attributes);
});

test.each([
  [-5, 0],
  [2 ** 33, 2 ** 32 - 1],
  [2 ** 32 - 1, 2 ** 32 - 1],
])("a time of %d s is written as %d s, which squashfs holds", async (seconds, expected) => {
  const [item] = await roundTrip([entry("d", { modified: { seconds, nanoseconds: 9 } })]);
  expect(item?.modified).toEqual({ seconds: expected, nanoseconds: 0 });
});

test("contents of any length end at a block", async () => {
  const sizes = [0, 1, 511, 512, 513, 262_144, 700_001];
  const read = await roundTrip(sizes.map((size) => fileEntry(`f${size}`, Buffer.alloc(size, 1))));
  expect(read.map(({ size }) => size)).toEqual(sizes);
});

test("small files are gathered into few writes", async () => {
  const entries = Array.from({ length: 1000 }, (_, index) => fileEntry(`f${index}`, "x"));
  let chunks = 0;
  for await (const chunk of tarStream(entries)) chunks += chunk.length > 0 ? 1 : 0;
  expect(chunks).toBeLessThan(10);
});

test.each([
  ["short", 6],
  ["long", 4],
])("a content that is too %s is refused", async (_, size) => {
  const wrong: EntryMetadata = { ...fileEntry("f\n", "12345"), size };
  await expect(roundTrip([wrong])).rejects.toThrow(`"f\\x0a" does not have the ${size} bytes`);
});
