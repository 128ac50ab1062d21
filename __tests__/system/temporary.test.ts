import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";

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
