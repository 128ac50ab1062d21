import { ImageSourceError } from "../../src/errors.ts";
import { directory, file, hardLink, symlink } from "../support/archives.ts";
import { flatten, paths } from "../support/flatten.ts";

describe("paths that try to leave the image", () => {
  test("stay inside it", async () => {
    const image = await flatten([[file("../../x"), file("/abs/y"), file("a/../../../z")]]);
    expect(paths(image)).toEqual(["abs", "abs/y", "x", "z"]);
  });

  test("stay inside it when a symlink leads them out", async () => {
    const image = await flatten([
      [symlink("out", "/../../tmp"), directory("tmp")],
      [file("out/stolen"), symlink("up", "../../../..")],
      [file("up/found")],
    ]);
    expect(paths(image)).toEqual(["found", "out", "tmp", "tmp/stolen", "up"]);
  });
});

describe("parents", () => {
  test("through a symlink of a lower layer lead to its target", async () => {
    const image = await flatten([
      [directory("usr"), directory("usr/lib"), symlink("lib", "usr/lib")],
      [file("lib/a")],
    ]);
    expect(paths(image)).toEqual(["lib", "usr", "usr/lib", "usr/lib/a"]);
    expect(image.get("lib")).toMatchObject({ type: "symlink", linkTarget: "usr/lib" });
  });

  test("through a dangling symlink are made where it points", async () => {
    const image = await flatten([[symlink("data", "var/data"), file("data/a")]]);
    expect(paths(image)).toEqual(["data", "var", "var/data", "var/data/a"]);
  });

  test("that no layer describes belong to root and have no time", async () => {
    const image = await flatten([[file("a/b/c")]]);
    for (const path of ["a", "a/b"]) {
      expect(image.get(path)).toMatchObject({
        type: "directory",
        mode: 0o755,
        uid: 0,
        gid: 0,
        modified: { seconds: 0, nanoseconds: 0 },
      });
    }
  });

  test("in a loop of symlinks are refused", async () => {
    const loop = flatten([[symlink("a", "b"), symlink("b", "a"), file("a/x")]]);
    await expect(loop).rejects.toThrow(
      /^Layer 1 \(sha256:[0-9a-f]{12}\), entry "a\/x": its path leads through a loop of symbolic links\.$/,
    );
    await expect(loop).rejects.toBeInstanceOf(ImageSourceError);
  });
});

describe("the root", () => {
  test("has the attributes that a layer gives it", async () => {
    const image = await flatten([[directory("./", { mode: 0o1700, uid: 5, gid: 6, mtime: 7 })]]);
    expect(image.get("")).toMatchObject({
      mode: 0o1700,
      uid: 5,
      gid: 6,
      modified: { seconds: 7, nanoseconds: 0 },
    });
  });

  test.each([
    ["symlink", symlink("/", "etc")],
    ["file", file("./")],
    ["hard link", hardLink("a/..", "b")],
  ])("cannot be a %s", async (_, entry) => {
    await expect(flatten([[file("b"), entry]])).rejects.toThrow("the image's root");
  });
});

describe("hard links", () => {
  test("share an inode with a file of a lower layer", async () => {
    const image = await flatten([
      [file("b", "content")],
      [hardLink("a", "b"), hardLink("c", "/b")],
    ]);
    expect(image.get("a")).toMatchObject({ type: "file", content: "content" });
    expect(image.get("b")).toMatchObject({ type: "hard-link", linkTarget: "a" });
    expect(image.get("c")).toMatchObject({ type: "hard-link", linkTarget: "a" });
  });

  test("come after what they name", async () => {
    const image = await flatten([[file("z", "1"), hardLink("a", "z"), file("m", "2")]]);
    const order = [...image.keys()];
    for (const [path, { linkTarget }] of image) {
      if (linkTarget) expect(order.indexOf(path)).toBeGreaterThan(order.indexOf(linkTarget));
    }
    expect(image.get("z")?.type).toBe("hard-link");
  });

  test("to a symlink are links to the symlink", async () => {
    const image = await flatten([[file("f"), symlink("s", "f"), hardLink("t", "s")]]);
    expect(image.get("s")).toMatchObject({ type: "symlink", linkTarget: "f" });
    expect(image.get("t")).toMatchObject({ type: "hard-link", linkTarget: "s" });
  });

  test("keep the content when a later layer removes or replaces what they named", async () => {
    const image = await flatten([
      [file("a", "old"), hardLink("b", "a"), hardLink("c", "a")],
      [file(".wh.a", ""), file("c", "new")],
    ]);
    expect(paths(image)).toEqual(["b", "c"]);
    expect(image.get("b")).toMatchObject({ type: "file", content: "old" });
    expect(image.get("c")).toMatchObject({ type: "file", content: "new" });
  });

  test.each([
    ["a path outside", "../../etc/shadow", "outside the image"],
    ["something missing", "missing", "does not have"],
    ["something whited out", "gone", "does not have"],
    ["a directory", "d", "to a directory"],
    ["the root", "/", "to a directory"],
  ])("to %s are refused", async (_, target, reason) => {
    const layers = [
      [file("gone"), directory("d"), directory("etc"), file("etc/shadow")],
      [file(".wh.gone", ""), hardLink("link", target)],
    ];
    await expect(flatten(layers)).rejects.toThrow(reason);
    await expect(flatten(layers)).rejects.toThrow('entry "link"');
  });
});

describe("whiteouts", () => {
  test.each([
    ["before", [file(".wh.f", ""), file("f", "new")]],
    ["after", [file("f", "new"), file(".wh.f", "")]],
  ])("%s a file of their own layer leave it", async (_, layer) => {
    const image = await flatten([[file("f", "old"), file("g")], layer]);
    expect(image.get("f")).toMatchObject({ content: "new" });
    expect(paths(image)).toEqual(["f", "g"]);
  });

  test.each([
    ["before", [file("d/.wh..wh..opq", ""), file("d/new"), file("d/s/new")]],
    ["after", [file("d/new"), file("d/s/new"), file("d/.wh..wh..opq", "")]],
  ])("that are opaque, %s their siblings, hide lower layers only", async (_, layer) => {
    const lower = [
      directory("d"),
      file("d/old"),
      directory("d/s", { mode: 0o700 }),
      file("d/s/old"),
    ];
    const image = await flatten([lower, layer]);
    expect(paths(image)).toEqual(["d", "d/new", "d/s", "d/s/new"]);
    expect(image.get("d/s")?.mode).toBe(0o755);
  });

  test("remove directories with what they contain, also through symlinks", async () => {
    const image = await flatten([
      [directory("usr/lib"), file("usr/lib/a/b"), file("usr/lib/c"), symlink("lib", "usr/lib")],
      [file("lib/.wh.a", "")],
    ]);
    expect(paths(image)).toEqual(["lib", "usr", "usr/lib", "usr/lib/c"]);
  });

  test("in a directory that takes a symlink's place leave the symlink's target", async () => {
    const image = await flatten([
      [file("real/x"), symlink("d", "real")],
      [directory("d"), file("d/.wh.x", "")],
    ]);
    expect(paths(image)).toEqual(["d", "real", "real/x"]);
  });

  test("of what is not there do nothing", async () => {
    const image = await flatten([
      [file("a")],
      [file(".wh.b", ""), file("no/.wh.c", ""), file("a/.wh.d", "")],
    ]);
    expect(paths(image)).toEqual(["a"]);
  });

  test.each([".wh.", ".wh..", ".wh...", "d/.wh.", ".wh.d/x"])(
    "named %s are refused",
    async (name) => {
      await expect(flatten([[directory("d"), file(name, "")]])).rejects.toThrow(ImageSourceError);
    },
  );

  test("leave out the bookkeeping of AUFS", async () => {
    const image = await flatten([
      [directory(".wh..wh.plnk"), file(".wh..wh.plnk/1.2"), file(".wh..wh.aufs", ""), file("a")],
    ]);
    expect(paths(image)).toEqual(["a"]);
  });
});

describe("what comes later", () => {
  test("takes the place of what was there, of whatever kind", async () => {
    const image = await flatten([
      [directory("a"), file("a/x"), file("b"), symlink("c", "b"), file("e", "1"), file("e", "2")],
      [file("a", "file"), directory("b"), directory("c"), file("c/y")],
    ]);
    expect(paths(image)).toEqual(["a", "b", "c", "c/y", "e"]);
    expect(image.get("a")).toMatchObject({ type: "file", content: "file" });
    expect(image.get("b")?.type).toBe("directory");
    expect(image.get("c")?.type).toBe("directory");
    expect(image.get("e")).toMatchObject({ content: "2" });
  });

  test("gives a directory its attributes and leaves what it contains", async () => {
    const image = await flatten([
      [directory("d", { pax: [["SCHILY.xattr.user.a", "1"]] }), file("d/x")],
      [directory("d", { mode: 0o2750, uid: 3 })],
    ]);
    expect(image.get("d")).toMatchObject({ mode: 0o2750, uid: 3 });
    expect(image.get("d")?.extendedAttributes.size).toBe(0);
    expect(paths(image)).toEqual(["d", "d/x"]);
  });

  test("makes a file a directory when it needs it as a parent", async () => {
    const image = await flatten([[file("f"), file("f/x")]]);
    expect(image.get("f")?.type).toBe("directory");
    expect(image.get("f/x")).toMatchObject({ content: "f/x" });
  });
});

describe("special entries", () => {
  test("are kept", async () => {
    const image = await flatten([
      [
        { name: "null", type: "3", major: 1, minor: 3, mode: 0o666 },
        { name: "disk", type: "4", major: 8, minor: 300, uid: 5 },
        { name: "pipe", type: "6" },
        file("su", "", { mode: 0o6755 }),
      ],
    ]);
    expect(image.get("null")).toMatchObject({
      type: "character-device",
      device: { major: 1, minor: 3 },
    });
    expect(image.get("disk")).toMatchObject({
      type: "block-device",
      device: { major: 8, minor: 300 },
      uid: 5,
    });
    expect(image.get("pipe")?.type).toBe("fifo");
    expect(image.get("su")?.mode).toBe(0o6755);
  });
});

describe("limits", () => {
  test("refuse a component of 300 bytes and accept one of 255", async () => {
    const named = (length: number) => file("x", "x", { pax: [["path", "n".repeat(length)]] });
    await expect(flatten([[named(300)]])).rejects.toThrow("has 300 bytes");
    expect(paths(await flatten([[named(255)]]))).toEqual(["n".repeat(255)]);
  });

  test("refuse ten thousand levels", async () => {
    const deep = file("x", "x", { pax: [["path", "d/".repeat(10_000)]] });
    await expect(flatten([[deep]])).rejects.toThrow("longer than Linux allows");
  });

  test("on entries count all layers", async () => {
    const layers = [[file("a"), file("b")], [file("c")]];
    await expect(flatten(layers, { limits: { entries: 2 } })).rejects.toThrow(
      "more than 2 entries",
    );
    expect((await flatten(layers, { limits: { entries: 3 } })).size).toBe(4);
  });

  test("on bytes count what is uncompressed, with the holes of sparse files", async () => {
    const limits = { uncompressedBytes: 100_000 };
    await expect(flatten([[file("a", Buffer.alloc(100_000))]], { limits })).rejects.toThrow(
      "larger than 100000 bytes",
    );
    const sparse = file("a", "x", {
      pax: [
        ["GNU.sparse.size", "1000000"],
        ["GNU.sparse.numblocks", "1"],
        ["GNU.sparse.map", "0,1"],
      ],
    });
    await expect(flatten([[sparse]], { limits })).rejects.toThrow("larger than 100000 bytes");
  });

  test("on entries count the directories that no layer has", async () => {
    const layers = [[file("a/b/c/d")]];
    await expect(flatten(layers, { limits: { entries: 3 } })).rejects.toThrow(
      "more than 3 entries",
    );
    expect((await flatten(layers, { limits: { entries: 4 } })).size).toBe(5);
  });

  test("on metadata count names, links and extended attributes", async () => {
    const layers = [
      [file("n".repeat(50)), symlink("s", "t".repeat(50))],
      [file("f", "", { pax: [["SCHILY.xattr.user.a", "v".repeat(50)]] })],
    ];
    await expect(flatten(layers, { limits: { metadataBytes: 150 } })).rejects.toThrow(
      "more than 150 bytes",
    );
    expect((await flatten(layers, { limits: { metadataBytes: 200 } })).size).toBe(4);
  });

  test("end an image whose every path leads through as many symlinks as possible", async () => {
    const links = Array.from({ length: 250 }, (_, index) =>
      symlink(`l${index}`, `${"./".repeat(2000)}${index === 0 ? "d" : `l${index - 1}`}`),
    );
    const files = Array.from({ length: 1000 }, (_, index) => file(`l249/${index}/f`, ""));
    const long = links.map((entry) => ({
      ...entry,
      pax: [["linkpath", entry.linkName ?? ""]] as const,
    }));
    await expect(flatten([[directory("d"), ...long, ...files]])).rejects.toThrow(
      "steps of symbolic links",
    );
  });
});
