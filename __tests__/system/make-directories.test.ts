import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectories } from "../../src/system/make-directories.ts";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";

test("a directory is made with its parents, once or again", async () => {
  await withTemporaryDirectory(async (directory) => {
    const path = join(directory, "a", "b", "c");
    await makeDirectories(path);
    await makeDirectories(path);
    expect((await stat(path)).isDirectory()).toBe(true);
  });
});

test("a file in the way is an error", async () => {
  await withTemporaryDirectory(async (directory) => {
    await writeFile(join(directory, "a"), "");
    await expect(makeDirectories(join(directory, "a"))).rejects.toThrow("EEXIST");
    await expect(makeDirectories(join(directory, "a", "b"))).rejects.toThrow("ENOTDIR");
  });
});

test("a place where nothing can be made is an error, and not waited for", async () => {
  await expect(makeDirectories("/proc/nowhere/deep")).rejects.toThrow("ENOENT");
});
