import {
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { directoryBytes } from "../../../src/vm/storage/directory-bytes.ts";

const MIB = 1024 * 1024;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gi-"));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function write(name: string | Buffer, bytes: number): void {
  const path = Buffer.concat([Buffer.from(`${directory}/`), Buffer.from(name)]);
  writeFileSync(path, Buffer.alloc(bytes, 1));
}

test("an empty directory takes nothing, and one that is missing neither", async () => {
  expect(await directoryBytes(directory)).toBe(0);
  expect(await directoryBytes(join(directory, "missing"))).toBe(0);
});

test("files are counted at any depth, and with names that are no text", async () => {
  mkdirSync(join(directory, "a/b"), { recursive: true });
  write("a/b/file", MIB);
  write(Buffer.from([0x61, 0xff, 0x0a]), MIB);
  const bytes = await directoryBytes(directory);
  expect(bytes).toBeGreaterThanOrEqual(2 * MIB);
  expect(bytes).toBeLessThan(2.1 * MIB);
});

test("a file with two names is counted once, and a hole not at all", async () => {
  write("file", MIB);
  linkSync(join(directory, "file"), join(directory, "again"));
  const hole = openSync(join(directory, "hole"), "w");
  ftruncateSync(hole, 100 * MIB);
  closeSync(hole);
  expect(await directoryBytes(directory)).toBeLessThan(1.1 * MIB);
});

test("links out of the directory are not followed", async () => {
  const outside = mkdtempSync(join(tmpdir(), "gi-"));
  try {
    writeFileSync(join(outside, "large"), Buffer.alloc(MIB, 1));
    symlinkSync(outside, join(directory, "directory"));
    symlinkSync(join(outside, "large"), join(directory, "file"));
    expect(await directoryBytes(directory)).toBeLessThan(0.1 * MIB);
    const link = join(directory, "directory");
    expect(await directoryBytes(link)).toBe(0);
  } finally {
    rmSync(outside, { recursive: true });
  }
});

test("an endless walk can be ended", async () => {
  write("file", 1);
  await expect(directoryBytes(directory, AbortSignal.abort(new Error("enough")))).rejects.toThrow(
    "enough",
  );
});
