import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { MissingToolError, UsageError } from "../../../src/errors.ts";
import { findBundle, getBundle } from "../../../src/vm/runtimes/get-bundle.ts";
import { LocalBundleStore } from "../../../src/vm/runtimes/local-bundle-store.ts";
import type { RuntimeRequest } from "../../../src/vm/runtimes/request.ts";
import { sha256 } from "../../support/archives.ts";
import { tarball, VERSION } from "../../support/runtime-bundle.ts";

const content = tarball();

let cache: string;
let store: LocalBundleStore;

beforeEach(async () => {
  cache = join(await mkdtemp(join(tmpdir(), "gi-")), "a cache, with spaces");
  store = new LocalBundleStore(cache);
});

afterEach(() => rm(join(cache, ".."), { recursive: true }));

async function failure(getting: Promise<unknown>): Promise<MissingToolError> {
  const error = await getting.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(MissingToolError);
  return error;
}

const kept = () => readdir(join(cache, "ya-runtime-vm")).catch(() => []);

describe("a bundle on this machine", () => {
  const local = (path: string, more: Partial<RuntimeRequest> = {}) =>
    getBundle({ name: "ya-runtime-vm", path, ...more }, { store });

  test("is a tarball, by its path or a file URL, that is unpacked once", async () => {
    const path = join(cache, "..", `ya-runtime-vm-linux-${VERSION}.tar.gz`);
    await writeFile(path, content);
    const bundle = await local(path);
    expect(bundle).toMatchObject({ version: VERSION, checkedBy: undefined });
    const request = { name: "ya-runtime-vm", url: pathToFileURL(path).href } as const;
    expect(await findBundle(request, { store })).toEqual(bundle);
    expect(await kept()).toHaveLength(1);
    expect(await local(path, { sha256: sha256(content) })).toEqual({
      ...bundle,
      checkedBy: "tarball",
    });
    const error = await failure(local(path, { sha256: "0".repeat(64) }));
    expect(error.message).toContain("is not the one that was asked for");
  });

  test("is a directory at any level, which is used where it is", async () => {
    const top = join(cache, "..", `my ya-runtime-vm-linux-${VERSION}`);
    const runtime = join(top, "ya-runtime-vm", "runtime");
    await mkdir(runtime, { recursive: true });
    for (const name of ["vmrt", "vmlinuz-virt", "initramfs.cpio.gz"]) {
      await writeFile(join(runtime, name), name, { mode: 0o755 });
    }
    for (const path of [top, join(top, "ya-runtime-vm"), runtime, join(top, "..")]) {
      expect(await local(path)).toMatchObject({ directory: runtime, version: VERSION });
    }
    expect(await kept()).toEqual([]);
    await expect(local(top, { sha256: sha256(content) })).rejects.toThrow(UsageError);
    expect((await failure(local(runtime, { version: "v0.5.2" }))).message).toMatch(
      /is not the vmrt/,
    );
    await chmod(join(runtime, "vmrt"), 0o644);
    expect((await failure(local(top))).message).toContain("has no program vmrt");
  });

  test("must be there", async () => {
    expect((await failure(local("/nowhere/at all"))).message).toBe(
      "There is no runtime bundle at /nowhere/at all.",
    );
    expect((await failure(local(tmpdir().slice(0, 1)))).message).toBe(
      "There is no ya-runtime-vm in /.",
    );
  });
});

describe("a request", () => {
  test.each<[string, Partial<RuntimeRequest>, string]>([
    ["two places", { path: "a", url: "https://example.org/" }, "three places for one bundle"],
    ["no tag", { version: "../../x" }, 'Invalid runtime version: "../../x"'],
    ["no digest", { sha256: "abc" }, 'Invalid runtime sha256: "abc"'],
    ["no URL", { url: "no url" }, 'Invalid URL for the runtime: "no url"'],
    ["another protocol", { url: "ftp://example.org/x" }, "Invalid URL for the runtime"],
    ["a file URL of a host", { url: "file://host/x" }, "Invalid URL for the runtime"],
  ])("with %s is refused", async (_case, request, message) => {
    const getting = getBundle({ name: "ya-runtime-vm", ...request }, { store });
    await expect(getting).rejects.toThrow(UsageError);
    await expect(getting).rejects.toThrow(message);
  });
});
