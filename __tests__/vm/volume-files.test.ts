import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getFile, putFile } from "../../src/vm/transfer.ts";
import type { Volume } from "../../src/vm/volume-files.ts";

let directory: string;
let volumes: Volume[];
beforeEach(() => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "volumes-")));
  volumes = ["/golem", "/golem/input"].map((guestPath, index) => {
    const hostDirectory = join(directory, String(index));
    mkdirSync(hostDirectory);
    return { guestPath, hostDirectory };
  });
  writeFileSync(join(directory, "local"), "content");
});
afterEach(() => rmSync(directory, { recursive: true }));

const local = () => join(directory, "local");
const volume = (index: number, name: string) => join(directory, String(index), name);

test("a file goes into the innermost volume, with its parents, and comes back", async () => {
  await putFile(volumes, local(), "/golem/input/a/b/file");
  expect(readFileSync(volume(1, "a/b/file"), "utf8")).toBe("content");
  await getFile(volumes, "/golem/input/a/b/file", join(directory, "out/back"));
  expect(readFileSync(join(directory, "out/back"), "utf8")).toBe("content");
});

test("a path outside of all volumes is refused with the volumes there are", async () => {
  await expect(putFile(volumes, local(), "/etc/motd")).rejects.toMatchObject({
    kind: "usage",
    message: expect.stringContaining("/etc/motd is not a file below a VOLUME"),
    hint: expect.stringContaining("/golem, /golem/input"),
  });
});

test.each(["/golem/../etc/motd", "golem/file", "/golem", "/golemish/file"])(
  "%s is not a path in a volume",
  async (path) => {
    await expect(putFile(volumes, local(), path)).rejects.toMatchObject({ kind: "usage" });
  },
);

test("a file to put that is not there is named", async () => {
  await expect(putFile(volumes, "/no/such", "/golem/x")).rejects.toThrow("/no/such");
});

test.each([
  ["", "it is a directory"],
  ["local/back", "a part of the path is not a directory"],
  ["a".repeat(300), "the name is too long"],
])("a place where no file can be is named, and why: %s", async (name, reason) => {
  await putFile(volumes, local(), "/golem/file");
  const place = join(directory, name);
  await expect(getFile(volumes, "/golem/file", place)).rejects.toMatchObject({
    kind: "usage",
    message: `Cannot get /golem/file as ${place}: ${reason}.`,
  });
});

describe("what a guest left in a volume is not trusted", () => {
  test("a symbolic link is neither read nor written through", async () => {
    const secret = join(directory, "secret");
    writeFileSync(secret, "secret");
    symlinkSync(secret, volume(0, "link"));
    await expect(getFile(volumes, "/golem/link", join(directory, "out"))).rejects.toThrow(
      "symbolic link",
    );
    await expect(putFile(volumes, local(), "/golem/link")).rejects.toThrow("symbolic link");
    expect(readFileSync(secret, "utf8")).toBe("secret");
  });

  test("a symbolic link on the way is not followed", async () => {
    symlinkSync(directory, volume(0, "up"));
    await expect(getFile(volumes, "/golem/up/local", join(directory, "out"))).rejects.toThrow(
      "symbolic link",
    );
    await expect(putFile(volumes, local(), "/golem/up/planted")).rejects.toThrow("symbolic link");
  });

  test("a FIFO does not make us wait, in either direction", async () => {
    execFileSync("mkfifo", [volume(0, "fifo")]);
    await expect(getFile(volumes, "/golem/fifo", join(directory, "out"))).rejects.toThrow(
      "not a regular file",
    );
    await expect(putFile(volumes, local(), "/golem/fifo")).rejects.toThrow("not a regular file");
  });
});

test("a file that claims more than the disk has room for is refused before it is copied", async () => {
  const claimed = 2 ** 43;
  writeFileSync(volume(0, "sparse"), "");
  truncateSync(volume(0, "sparse"), claimed);
  await expect(getFile(volumes, "/golem/sparse", local())).rejects.toMatchObject({
    kind: "environment",
    message: expect.stringContaining(`it has ${claimed} bytes`),
  });
  expect(readFileSync(local(), "utf8")).toBe("content");
});

test("copying ends when it is aborted, in both directions", async () => {
  writeFileSync(volume(0, "file"), "content");
  const signal = AbortSignal.abort(new Error("enough"));
  await expect(getFile(volumes, "/golem/file", local(), signal)).rejects.toThrow("enough");
  await expect(putFile(volumes, local(), "/golem/other", signal)).rejects.toThrow("enough");
});

test("a file that cannot be got leaves the earlier one as it was", async () => {
  await expect(getFile(volumes, "/golem/missing", local())).rejects.toThrow("does not exist");
  expect(readFileSync(local(), "utf8")).toBe("content");
});
