import { gzipSync } from "node:zlib";
import { ImageSourceError } from "../../src/errors.ts";
import { DEFAULT_LIMITS } from "../../src/oci/image-limits.ts";
import { directory, file, paxRecord, type TestEntry, tar, tarHeader } from "../support/archives.ts";
import { flatten, paths } from "../support/flatten.ts";

/** A layer of given bytes. */
const raw = (bytes: Buffer) => ({ tar: bytes });
const block = (bytes: Buffer) =>
  Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
const END = Buffer.alloc(1024);

async function only(entry: TestEntry) {
  const image = await flatten([[entry]]);
  return [...image.values()].at(-1);
}

describe("names", () => {
  const long = `${"d".repeat(90)}/${"e".repeat(90)}/${"f".repeat(90)}`;

  test("of any length come from GNU headers, PAX records and ustar prefixes", async () => {
    const gnu = (type: string, name: string): TestEntry => ({
      name: "././@LongLink",
      type,
      content: `${name}\0`,
    });
    const image = await flatten([
      [
        gnu("L", `gnu/${long}`),
        gnu("K", `target/${long}`),
        { name: "short", type: "2", linkName: "short" },
        {
          name: "short",
          type: "2",
          pax: [
            ["path", `pax/${long}`],
            ["linkpath", `t/${long}`],
          ],
        },
        file("name", "x", { edit: (header) => void header.write("prefix", 345) }),
      ],
    ]);
    expect(image.get(`gnu/${long}`)).toMatchObject({ linkTarget: `target/${long}` });
    expect(image.get(`pax/${long}`)).toMatchObject({ linkTarget: `t/${long}` });
    expect(image.has("prefix/name")).toBe(true);
  });

  test("are bytes, whatever they mean as text", async () => {
    const names = ["\xff\xfe", "a\nb", "\n::add-path::x", "ü", 'quote"\\'];
    const image = await flatten([names.map((name) => file(name, "x"))]);
    expect(paths(image)).toEqual([...names].sort());
  });

  test("are escaped in messages", async () => {
    const bad = file("\n::error::\xff", "", { type: "Z" });
    await expect(only(bad)).rejects.toThrow('entry "\\x0a::error::');
  });

  test("with a NUL are refused", async () => {
    await expect(only(file("x", "", { pax: [["path", "a\0b"]] }))).rejects.toThrow("NUL");
  });

  test("that end with a slash were directories before ustar", async () => {
    expect(await only({ name: "old/", type: "\0" })).toMatchObject({ type: "directory" });
  });
});

describe("PAX headers", () => {
  test("give ids, sizes and times that ustar cannot", async () => {
    const entry = await only(
      file("f", "12345", {
        size: 0,
        pax: [
          ["size", "5"],
          ["uid", "4294967295"],
          ["gid", "3000000000"],
          ["mtime", "-1.25"],
        ],
      }),
    );
    expect(entry).toMatchObject({
      content: "12345",
      uid: 4294967295,
      gid: 3000000000,
      modified: { seconds: -2, nanoseconds: 750_000_000 },
    });
  });

  test("that are global hold for every entry after them", async () => {
    const content = paxRecord("uid", "77");
    const image = await flatten([
      [
        file("a"),
        { name: "g", type: "g", content },
        file("b"),
        file("c", "", { pax: [["uid", "78"]] }),
      ],
    ]);
    expect(["a", "b", "c"].map((path) => image.get(path)?.uid)).toEqual([0, 77, 78]);
  });

  test.each([
    ["longer than the header", "99 path=x\n"],
    ["too short", "5 path=x\n"],
    ["not a number", "x path=x\n"],
    ["huge", "99999999999999999999 path=x\n"],
  ])("whose length is %s are refused", async (_, text) => {
    const bytes = tar([{ name: "x", type: "x", content: text }, file("f")]);
    await expect(flatten([raw(bytes)])).rejects.toThrow("PAX header is malformed");
  });

  test.each(["x", "g", "L", "K"])(
    "of a GiB (type %s) are refused before they are read",
    async (type) => {
      const bytes = Buffer.concat([tarHeader({ name: "x", type, size: 2 ** 30 }), END]);
      await expect(flatten([raw(bytes)])).rejects.toThrow("extended header of 1073741824 bytes");
    },
  );

  test.each([
    ["uid", "4294967296"],
    ["uid", "-1"],
    ["size", "9223372036854775808"],
    ["size", "0x10"],
    ["mtime", "soon"],
  ])("with %s %s are refused", async (keyword, value) => {
    await expect(only(file("f", "x", { pax: [[keyword, value]] }))).rejects.toThrow(
      ImageSourceError,
    );
  });

  test("at the end of the archive are refused", async () => {
    const bytes = tar([{ name: "x", type: "x", content: paxRecord("path", "y") }]);
    await expect(flatten([raw(bytes)])).rejects.toThrow("ends after an extended header");
  });
});

describe("numbers", () => {
  const base256 = (at: number, width: number, value: bigint) => (header: Buffer) => {
    const field = Buffer.alloc(width);
    let rest = BigInt.asUintN(width * 8, value);
    for (let index = width - 1; index >= 0; index--, rest >>= 8n)
      field[index] = Number(rest & 255n);
    field[0] = (field[0] as number) | 0x80;
    field.copy(header, at);
  };

  test("in base 256 are read exactly", async () => {
    expect(await only(file("f", "", { edit: base256(108, 8, 4294967294n) }))).toMatchObject({
      uid: 4294967294,
    });
    expect(await only(file("f", "", { edit: base256(136, 12, -5n) }))).toMatchObject({
      modified: { seconds: -5, nanoseconds: 0 },
    });
    expect(await only(file("f", "", { edit: base256(136, 12, 2n ** 40n) }))).toMatchObject({
      modified: { seconds: 2 ** 40, nanoseconds: 0 },
    });
  });

  test.each([
    ["a negative size", "0", base256(124, 12, -1n)],
    ["a size of 2^63", "0", base256(124, 12, 2n ** 63n)],
    ["a uid over 32 bits", "0", base256(108, 8, 2n ** 32n)],
    ["a negative mode", "0", base256(100, 8, -1n)],
    ["digits that are not octal", "0", (header: Buffer) => void header.write("12389", 124)],
    ["a sign", "0", (header: Buffer) => void header.write("-0000001", 108)],
    ["a device number over 20 bits", "3", base256(337, 8, 2n ** 20n)],
  ])("like %s are refused", async (_, type, edit) => {
    await expect(only({ name: "f", type, edit })).rejects.toThrow(ImageSourceError);
  });
});

describe("sparse files equal the dense file", () => {
  const dense = Buffer.concat([
    Buffer.alloc(1000),
    Buffer.from("one"),
    Buffer.alloc(5000),
    Buffer.from("two"),
    Buffer.alloc(77),
  ]);
  const expected = { size: dense.length, content: dense.toString("latin1") };

  test("in the old GNU format, with extension blocks", async () => {
    const number = (value: number) => Buffer.from(`${value.toString(8).padStart(11, "0")}\0`);
    const pair = (offset: number, length: number) =>
      Buffer.concat([number(offset), number(length)]);
    const header = tarHeader({
      name: "f",
      type: "S",
      size: 6,
      edit: (bytes) => {
        bytes.write("ustar  \0", 257, "latin1");
        pair(1000, 1).copy(bytes, 386);
        pair(1001, 1).copy(bytes, 410);
        pair(1002, 1).copy(bytes, 434);
        pair(6003, 1).copy(bytes, 458);
        bytes[482] = 1;
        number(dense.length).copy(bytes, 483);
      },
    });
    const extension = Buffer.alloc(512);
    pair(6004, 2).copy(extension, 0);
    pair(dense.length, 0).copy(extension, 24);
    const bytes = Buffer.concat([
      header,
      extension,
      block(Buffer.from("onetwo")),
      tar([file("after")]),
    ]);
    const image = await flatten([raw(bytes)]);
    expect(image.get("f")).toMatchObject(expected);
    expect(image.get("after")).toMatchObject({ content: "after" });
  });

  const size = String(dense.length);
  test.each<[string, TestEntry]>([
    [
      "0.0",
      file("f", "onetwo", {
        pax: [
          ["GNU.sparse.size", size],
          ["GNU.sparse.numblocks", "2"],
          ["GNU.sparse.offset", "1000"],
          ["GNU.sparse.numbytes", "3"],
          ["GNU.sparse.offset", "6003"],
          ["GNU.sparse.numbytes", "3"],
        ],
      }),
    ],
    [
      "0.1",
      file("GNUSparseFile.0/f", "onetwo", {
        pax: [
          ["GNU.sparse.size", size],
          ["GNU.sparse.numblocks", "2"],
          ["GNU.sparse.name", "f"],
          ["GNU.sparse.map", "1000,3,6003,3"],
        ],
      }),
    ],
    [
      "1.0",
      file(
        "GNUSparseFile.0/f",
        Buffer.concat([block(Buffer.from("2\n1000\n3\n6003\n3\n")), Buffer.from("onetwo")]),
        {
          pax: [
            ["GNU.sparse.major", "1"],
            ["GNU.sparse.minor", "0"],
            ["GNU.sparse.name", "f"],
            ["GNU.sparse.realsize", size],
          ],
        },
      ),
    ],
  ])("in the PAX format %s", async (_, entry) => {
    const image = await flatten([[entry, file("after")]]);
    expect(paths(image)).toEqual(["after", "f"]);
    expect(image.get("f")).toMatchObject(expected);
    expect(image.get("after")).toMatchObject({ content: "after" });
  });

  test("that are all holes", async () => {
    const entry = file("f", "", {
      pax: [
        ["GNU.sparse.size", "3000000"],
        ["GNU.sparse.map", ""],
      ],
    });
    expect(await only(entry)).toMatchObject({ size: 3_000_000, contentBytes: 3_000_000 });
  });

  test.each([
    ["overlaps", "0,3,2,3"],
    ["leaves the file", "6,3,99999999,3"],
    ["has other sizes than the archive", "0,3,10,4"],
    ["is incomplete", "0,3,3"],
    ["is no list of numbers", "0,3,x,3"],
  ])("unless the map %s", async (_, map) => {
    const entry = file("f", "onetwo", {
      pax: [
        ["GNU.sparse.size", "100"],
        ["GNU.sparse.map", map],
      ],
    });
    await expect(only(entry)).rejects.toThrow(/sparse/);
  });
});

describe("extended attributes", () => {
  test("are kept, binary values too", async () => {
    const capability = Buffer.from([
      1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 10, 0x3d,
    ]);
    const entry = await only(
      file("f", "", {
        pax: [
          ["SCHILY.xattr.security.capability", capability],
          ["LIBARCHIVE.xattr.user.a%20b", Buffer.from("ÿ\0").toString("base64")],
          ["SCHILY.xattr.user.empty", ""],
          ["SCHILY.xattr.trusted.overlay.opaque", "y"],
        ],
      }),
    );
    const attributes = entry?.extendedAttributes ?? new Map();
    expect([...attributes.keys()].sort()).toEqual([
      "security.capability",
      "user.a b",
      "user.empty",
    ]);
    expect(Buffer.from(attributes.get("security.capability"))).toEqual(capability);
    expect(Buffer.from(attributes.get("user.a b"))).toEqual(Buffer.from("ÿ\0"));
  });

  test("that squashfs cannot hold are left out with a warning", async () => {
    const warnings: string[] = [];
    const entry = file("f", "", {
      pax: [
        ["SCHILY.acl.access", "user::rw-"],
        ["SCHILY.xattr.system.nfs4_acl", "x"],
      ],
    });
    const image = await flatten([[entry]], { onWarning: (warning) => warnings.push(warning) });
    expect(image.get("f")?.extendedAttributes.size).toBe(0);
    expect(warnings).toEqual([expect.stringContaining("system.posix_acl_access, system.nfs4_acl")]);
  });
});

describe("damage", () => {
  const whole = tar([file("a", "x".repeat(2000)), directory("d")]);

  test.each([
    ["a wrong checksum", tar([file("a", "", { damage: (header) => void header.write("9", 0) })])],
    ["an end within content", whole.subarray(0, 1024)],
    ["an end within a header", whole.subarray(0, 700 + 2048)],
    ["an empty block between entries", Buffer.concat([Buffer.alloc(512), whole])],
    ["a type that images do not have", tar([file("a", "", { type: "V" })])],
  ])("like %s is refused", async (_, bytes) => {
    await expect(flatten([raw(bytes)])).rejects.toThrow(/^Layer 1 \(sha256:/);
  });

  test("is not what a missing end mark is", async () => {
    expect(paths(await flatten([raw(whole.subarray(0, -1024))]))).toEqual(["a", "d"]);
    expect(paths(await flatten([raw(whole.subarray(0, -512))]))).toEqual(["a", "d"]);
    const unpadded = tar([file("a", "x".repeat(2000))]).subarray(0, 512 + 2000);
    expect(paths(await flatten([raw(unpadded)]))).toEqual(["a"]);
    await expect(flatten([raw(unpadded.subarray(0, -1))])).rejects.toThrow("ends within it");
  });

  test.each([1, 8, 20])("like a gzip that ends %i bytes early is refused", async (missing) => {
    const noise = Buffer.from(
      Array.from({ length: 5000 }, (_, index) => (index * index * 31) % 251),
    );
    const bytes = tar([file("a", noise)]);
    const blob = gzipSync(bytes);
    await expect(flatten([{ tar: bytes, blob: blob.subarray(0, -missing) }])).rejects.toThrow(
      "cannot be decompressed as gzip",
    );
  });
});

test("the default quota refuses a bomb", () => {
  expect(DEFAULT_LIMITS.uncompressedBytes).toBeLessThan(10 * 1024 ** 3);
});
