import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { replaceFile } from "../../src/system/replace-file.ts";

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "replace -f "));
  path = join(directory, "-file");
});
afterEach(() => rmSync(directory, { recursive: true }));

test("a file is replaced when its new content is whole", async () => {
  writeFileSync(path, "old");
  const result = await replaceFile(path, async (partial) => {
    await writeFile(partial, "new");
    expect(await readFile(partial, "utf8")).toBe("new");
    expect(readFileSync(path, "utf8")).toBe("old");
    return 7;
  });
  expect(result).toBe(7);
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(readdirSync(directory)).toEqual(["-file"]);
});

test("a failure leaves the old file and nothing else", async () => {
  writeFileSync(path, "old");
  const replacing = replaceFile(path, async (partial) => {
    await writeFile(partial, "half");
    throw new Error("disk full");
  });
  await expect(replacing).rejects.toThrow("disk full");
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(directory)).toEqual(["-file"]);
});

test("where files cannot be given a name later, the new file is renamed into its place", async () => {
  const search = process.env.PATH;
  process.env.PATH = directory;
  try {
    await replaceFile(path, (partial) => writeFile(partial, "new"));
  } finally {
    process.env.PATH = search;
  }
  expect(readFileSync(path, "utf8")).toBe("new");
  expect(readdirSync(directory)).toEqual(["-file"]);
});

test("a directory in the way, or none to write to, is an error that says so", async () => {
  mkdirSync(path);
  const write = (partial: string) => writeFile(partial, "new");
  await expect(replaceFile(path, write)).rejects.toMatchObject({ code: "EISDIR" });
  await expect(replaceFile(join(directory, "no/such"), write)).rejects.toMatchObject({
    code: "ENOENT",
  });
});
