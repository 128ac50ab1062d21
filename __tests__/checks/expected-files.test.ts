import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { judgeFiles } from "../../src/checks/expected-files.ts";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "expected-files-"));
  mkdirSync(join(directory, "results"));
  symlinkSync("/etc/passwd", join(directory, "link"));
  writeFileSync(join(directory, "file"), "content");
});
afterEach(() => rmSync(directory, { recursive: true }));

function judge(name: string, rest: { exists?: boolean; contents?: string[] } = {}) {
  const file = { path: `/data/${name}`, exists: true, contents: [], ...rest };
  return judgeFiles([file], [{ guestPath: "/data", hostDirectory: directory }]);
}

test.each([
  ["file", "exists, and should not"],
  ["results", "is not a regular file; nothing should be there"],
  ["link", "a symbolic link"],
  ["link/below", "below, a symbolic link"],
])("%s does not pass as absent", async (name, message) => {
  expect(await judge(name, { exists: false })).toEqual([expect.stringContaining(message)]);
});

test.each(["none", "none/below", "results/none"])("%s is absent", async (name) => {
  expect(await judge(name, { exists: false })).toEqual([]);
  expect(await judge(name)).toEqual([`/data/${name} does not exist`]);
});

test("what may stand behind the part of a file that is searched is told as such", async () => {
  expect(await judge("file", { contents: ["tent$"] })).toEqual([]);
  truncateSync(join(directory, "file"), 16 * 1024 * 1024 + 1);
  expect(await judge("file", { contents: ["end"] })).toEqual([
    expect.stringContaining(", and only its first 16 MiB are searched"),
  ]);
});
