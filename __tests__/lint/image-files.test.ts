import { entryPath, followLinks, imageFiles } from "../../src/lint/image-files.ts";
import { entry } from "./lint-text.ts";

const link = (path: string, linkTarget: string) => entry(path, { type: "symlink", linkTarget });

const files = imageFiles([
  entry("/"),
  link("bin", "usr/bin"),
  entry("etc/"),
  link("etc/up", "../../../usr/bin/sh"),
  link("etc/absolute", "/bin/sh"),
  link("etc/round", "round"),
  link("etc/gone", "/nowhere"),
  entry("usr/"),
  entry("usr/bin/"),
  entry("usr/bin/sh", { size: 5 }),
  entry("usr/bin/ash", { type: "hard-link", linkTarget: "usr/bin/sh" }),
  link("out", "etc/../bin/../bin"),
]);

test.each([
  ["/bin/sh", "usr/bin/sh"],
  ["bin/./sh", "usr/bin/sh"],
  ["/etc/up", "usr/bin/sh"],
  ["/etc/absolute", "usr/bin/sh"],
  ["/out/sh", "usr/bin/sh"],
  ["/etc/../etc", "etc"],
  ["/", ""],
])("%s leads to %s", (path, real) => {
  expect(followLinks(files, path)?.path).toBe(real);
});

test.each(["/etc/round", "/etc/gone", "/usr/bin/sh/x", "/bin/none"])("%s leads nowhere", (path) => {
  expect(followLinks(files, path)).toBeUndefined();
});

test("another name of a file is described as the file", () => {
  expect(files.find("usr/bin/ash")).toMatchObject({
    path: "usr/bin/ash",
    type: "file",
    size: 5,
  });
});

test("paths of a configuration become those of entries", () => {
  expect(entryPath("/a/./b//c/")).toBe("a/b/c");
  expect(entryPath("/\u00e9")).toBe("\u00c3\u00a9");
});
