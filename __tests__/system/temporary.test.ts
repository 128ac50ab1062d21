import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replaceFile, withTemporaryDirectory } from "../../src/system/temporary.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "temporary-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

test("a temporary directory is private, and gone afterwards, also after a failure", async () => {
  let path = "";
  const use = withTemporaryDirectory(async (temporary) => {
    path = temporary;
    expect(statSync(temporary).mode & 0o777).toBe(0o700);
    writeFileSync(join(temporary, "x"), "");
    throw new Error("failed");
  }, directory);
  await expect(use).rejects.toThrow("failed");
  expect(existsSync(path)).toBe(false);
});

test("a file is replaced when its new content is whole", async () => {
  const path = join(directory, "file");
  writeFileSync(path, "old");
  const result = await replaceFile(path, async (partial) => {
    await writeFile(partial, "new");
    expect(readFileSync(path, "utf8")).toBe("old");
    return 7;
  });
  expect(result).toBe(7);
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(readdirSync(directory)).toEqual(["file"]);
});

test("a failure leaves the old file and nothing else", async () => {
  const path = join(directory, "file");
  writeFileSync(path, "old");
  const replacing = replaceFile(path, async (partial) => {
    await writeFile(partial, "half");
    throw new Error("disk full");
  });
  await expect(replacing).rejects.toThrow("disk full");
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(directory)).toEqual(["file"]);
});
