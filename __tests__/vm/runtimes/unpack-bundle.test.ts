import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MissingToolError } from "../../../src/errors.ts";
import { getBundle } from "../../../src/vm/runtimes/get-bundle.ts";
import { LocalBundleStore } from "../../../src/vm/runtimes/local-bundle-store.ts";
import { directory, file, hardLink, symlink } from "../../support/archives.ts";
import { bundleEntries, tarball, VERSION } from "../../support/runtime-bundle.ts";

const content = tarball();
let workspace: string;

beforeEach(async () => {
  workspace = await mkdtemp(join(tmpdir(), "gi-"));
});

afterEach(() => rm(workspace, { recursive: true }));

/** Expects that a tarball is refused, and that nothing of it is kept. */
async function refusal(bytes: Buffer): Promise<string> {
  const path = join(workspace, "bundle.tar.gz");
  await writeFile(path, bytes);
  const store = new LocalBundleStore(join(workspace, "cache"));
  const error = await getBundle({ name: "ya-runtime-vm", path }, { store }).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(MissingToolError);
  expect(await readdir(workspace)).toEqual(["bundle.tar.gz", "cache"]);
  expect(await readdir(join(workspace, "cache"))).toEqual(["unfinished"]);
  expect(await readdir(join(workspace, "cache", "unfinished"))).toEqual([]);
  return error.message;
}

describe("a tarball that is no release", () => {
  const top = `ya-runtime-vm-linux-${VERSION}`;
  const runtime = `${top}/ya-runtime-vm/runtime`;
  test.each([
    ["a path that leads out", [file(`${top}/../../evil`)], "leads out of it"],
    ["an absolute path", [file("/etc/evil")], "leads out of it"],
    ["a symbolic link", [symlink(`${runtime}/a`, "/etc/passwd")], "is a symlink"],
    ["a hard link", [hardLink(`${runtime}/a`, "/etc/passwd")], "is a hard-link"],
    [
      "a device",
      [{ name: `${runtime}/null`, type: "3", major: 1, minor: 3 }],
      "is a character-device",
    ],
    ["a second top directory", [file("other/a")], "not below one top directory"],
    ["a file beside the top directory", [file("README")], "not below one top directory"],
    ["one file twice", [file(`${runtime}/vmrt`, "other")], "occurs twice"],
    ["a second runtime", [file(`${top}/runtime/vmrt`, "other")], "occurs twice"],
    ["a strange name", [file(`${runtime}/-rf\n`)], "not one that a release has"],
    [
      "an entry that lies about its size",
      [file(`${runtime}/z`, "", { size: 10 ** 6 })],
      "ends within",
    ],
    [
      "more than a release can have",
      [file(`${runtime}/z`, "", { size: 2 ** 31 })],
      "holds more than",
    ],
  ])("is refused for %s", async (_case, extra, reason) => {
    expect(await refusal(tarball([...bundleEntries(), ...extra]))).toContain(reason);
  });

  test.each([
    [
      "an archive without a runtime",
      tarball([directory("x/"), file("x/y")]),
      "it has no directory runtime",
    ],
    [
      "an HTML page",
      Buffer.from("<!doctype html><title>Sign in</title>".padEnd(2048)),
      "cannot be used",
    ],
    ["nothing", Buffer.alloc(0), "it has no directory runtime"],
    [
      "a flipped bit",
      Buffer.concat([
        content.subarray(0, 9_000),
        Buffer.from([(content[9_000] ?? 0) ^ 1]),
        content.subarray(9_001),
      ]),
      "cannot be used",
    ],
  ])("is refused: %s", async (_case, bytes, reason) => {
    expect(await refusal(bytes)).toContain(reason);
  });

  test("is refused for a runtime without a kernel", async () => {
    const entries = bundleEntries().filter(({ name }) => !name.endsWith("vmlinuz-virt"));
    expect(await refusal(tarball(entries))).toContain("There is no ya-runtime-vm in");
  });
});
