// Needs tar2sqfs and sqfs2tar (squashfs-tools-ng) and unsquashfs (squashfs-tools).
import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { StreamReader } from "../../src/oci/byte-reader.ts";
import type { Entry } from "../../src/oci/entry.ts";
import type { TarEntry } from "../../src/oci/tar-entry.ts";
import { readTar } from "../../src/oci/tar-reader.ts";
import { SQUASHFS_COMPRESSIONS, type SquashfsOptions } from "../../src/squashfs/squashfs-writer.ts";
import { readSuperblock } from "../../src/squashfs/superblock.ts";
import { Tar2sqfsWriter } from "../../src/squashfs/tar2sqfs-writer.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { entry, fileEntry } from "../support/entries.ts";

const CAPABILITY = Buffer.from([1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
const LONG = `${"d".repeat(255)}/${"\xff\n\\ü".repeat(20)}`;

/** Everything that an image may contain. */
function everything(): Entry[] {
  return [
    entry("", { mode: 0o1711, uid: 12, gid: 34, modified: { seconds: 1000, nanoseconds: 0 } }),
    entry("d".repeat(255)),
    entry("dev"),
    entry("dev/null", { type: "character-device", mode: 0o666, device: { major: 1, minor: 3 } }),
    entry("dev/disk", { type: "block-device", device: { major: 8, minor: 300 } }),
    entry("dev/pipe", { type: "fifo", mode: 0o600 }),
    entry("dev/zero", { type: "hard-link", linkTarget: "dev/null" }),
    entry("link", { type: "symlink", mode: 0o777, linkTarget: "../a//b/./c" }),
    entry("link2", { type: "hard-link", linkTarget: "link" }),
    fileEntry(LONG, "bytes"),
    fileEntry("back\\slash", "x"),
    fileEntry(" space ", "x"),
    fileEntry("empty", ""),
    fileEntry("holes", Buffer.alloc(500_000)),
    fileEntry("large", Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * i) >> 7))),
    fileEntry("setuid", "s", {
      mode: 0o6755,
      uid: 4294967294,
      gid: 2 ** 31,
      extendedAttributes: new Map([
        ["security.capability", CAPABILITY],
        ["user.binary", Buffer.from([0, 10, 61, 255])],
        ["user.empty", Buffer.alloc(0)],
      ]),
    }),
    entry("setuid2", { type: "hard-link", linkTarget: "setuid" }),
    fileEntry("old", "x", { modified: { seconds: -5, nanoseconds: 0 } }),
    fileEntry("future", "x", { modified: { seconds: 2 ** 32 - 1, nanoseconds: 0 } }),
  ];
}

async function withImage<T>(
  entries: Entry[],
  options: SquashfsOptions,
  body: (path: string) => Promise<T>,
): Promise<T> {
  return await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "image");
    await new Tar2sqfsWriter().write(entries, path, options);
    return await body(path);
  });
}

const tool = (program: string, ...args: string[]) =>
  execFileSync(program, args, { maxBuffer: 2 ** 28, stdio: ["ignore", "pipe", "pipe"] });

async function readBack(path: string): Promise<Map<string, TarEntry & { bytes: Buffer }>> {
  const bytes = tool("sqfs2tar", "--root-becomes", "root", path);
  async function* once() {
    yield bytes;
  }
  const entries = new Map<string, TarEntry & { bytes: Buffer }>();
  for await (const item of readTar(new StreamReader(once()))) {
    const { offset, size } = item.content ?? { offset: 0, size: 0 };
    const name = item.name.replace(/^root\/?/, "").replace(/\/$/, "");
    entries.set(name, { ...item, bytes: bytes.subarray(offset, offset + size) });
  }
  return entries;
}

test("another tool reads back everything that was written", async () => {
  const expected = everything();
  await withImage(everything(), { compression: "gzip" }, async (path) => {
    const read = await readBack(path);
    expect([...read.keys()].sort()).toEqual(expected.map((item) => item.path).sort());
    for (const item of expected) {
      const found = read.get(item.path);
      if (item.type === "hard-link") continue;
      expect([item.path, found?.mode, found?.uid, found?.gid]).toEqual([
        item.path,
        item.mode,
        item.uid,
        item.gid,
      ]);
      expect(found?.modified.seconds).toBe(Math.max(0, item.modified.seconds));
      if (item.device) expect(found?.device).toEqual(item.device);
      if (item.type === "symlink") expect(found?.linkName).toBe(item.linkTarget);
      if (!item.content) continue;
      const chunks: Uint8Array[] = [];
      for await (const chunk of item.content) chunks.push(chunk);
      expect(found?.bytes.equals(Buffer.concat(chunks))).toBe(true);
    }
    expect(read.get("setuid")?.extendedAttributes).toEqual(
      new Map([
        ["security.capability", CAPABILITY],
        ["user.binary", Buffer.from([0, 10, 61, 255])],
        ["user.empty", Buffer.alloc(0)],
      ]),
    );
  });
});

test("hard links share an inode, whatever they link", async () => {
  await withImage(everything(), { compression: "gzip" }, async (path) => {
    const names = everything().length;
    const links = everything().filter(({ type }) => type === "hard-link").length;
    expect((await readSuperblock(path)).inodeCount).toBe(names - links);
  });
});

test.each(SQUASHFS_COMPRESSIONS)("%s gives the same bytes every time", async (compression) => {
  const write = () =>
    withImage(everything(), { compression, allowUnreadable: true }, (path) => readFile(path));
  const before = { TZ: process.env.TZ, SOURCE_DATE_EPOCH: process.env.SOURCE_DATE_EPOCH };
  const first = await write();
  Object.assign(process.env, { TZ: "Asia/Tokyo", SOURCE_DATE_EPOCH: "1234567890" });
  try {
    expect((await write()).equals(first)).toBe(true);
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
});

test.each(SQUASHFS_COMPRESSIONS)("%s is what the superblock says", async (compression) => {
  await withImage(
    [entry(""), fileEntry("f")],
    { compression, blockSize: 65_536, allowUnreadable: true },
    async (path) => {
      expect(await readSuperblock(path)).toMatchObject({
        compression,
        blockSize: 65_536,
        inodeCount: 2,
        modified: 0,
      });
      expect(tool("unsquashfs", "-s", path).toString()).toContain(`Compression ${compression}`);
    },
  );
});
