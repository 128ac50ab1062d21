import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { readModuleIndex } from "../../../src/vm/kernel/module-index.ts";
import { planModules } from "../../../src/vm/kernel/required-modules.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "modules-"));
});
afterEach(() => rm(directory, { recursive: true }));

/** A file as far as dependencies are read from it: the `.modinfo` section's NUL-separated lines. */
function module(depends: string): Buffer {
  return Buffer.from(`\x7fELF...\0license=GPL\0depends=${depends}\0name=x\0`, "latin1");
}

async function write(files: Record<string, string | Buffer>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, name)), { recursive: true });
    await writeFile(join(directory, name), content);
  }
}

const names = (files: readonly string[]) => files.map((file) => file.slice(directory.length + 1));

const BUILT_IN = ["virtio_pci", "virtio_console", "virtio_blk", "overlay"]
  .map((name) => `kernel/${name}.ko\n`)
  .join("");

test("modules.dep gives dependencies before what needs them, each once", async () => {
  await write({
    "modules.builtin": BUILT_IN,
    "modules.dep": [
      "kernel/fs/squashfs/squashfs.ko.xz:",
      "kernel/fs/9p/9p.ko.xz: kernel/net/9p/9pnet.ko.xz kernel/fs/netfs/netfs.ko.xz",
      "kernel/net/9p/9pnet.ko.xz:",
      "kernel/fs/netfs/netfs.ko.xz:",
      "kernel/net/9p/9pnet_virtio.ko.xz: kernel/net/9p/9pnet.ko.xz",
      "kernel/drivers/char/hw_random/virtio-rng.ko.xz:",
      "",
    ].join("\n"),
  });
  const plan = await planModules(await readModuleIndex(directory));
  expect(plan.missing).toEqual([]);
  expect(names(plan.files)).toEqual([
    "kernel/fs/squashfs/squashfs.ko.xz",
    "kernel/net/9p/9pnet.ko.xz",
    "kernel/fs/netfs/netfs.ko.xz",
    "kernel/fs/9p/9p.ko.xz",
    "kernel/net/9p/9pnet_virtio.ko.xz",
    "kernel/drivers/char/hw_random/virtio-rng.ko.xz",
  ]);
});

test("without modules.dep, as in a package that was only unpacked, the modules are asked", async () => {
  await write({
    "modules.builtin": BUILT_IN,
    "kernel/fs/squashfs.ko": module(""),
    "kernel/fs/9p.ko": module("9pnet,netfs"),
    "kernel/fs/netfs.ko.gz": gzipSync(module("")),
    "kernel/net/9pnet.ko": module(""),
    "kernel/net/9pnet_virtio.ko": module("9pnet"),
  });
  const plan = await planModules(await readModuleIndex(directory));
  expect(plan.missing).toEqual([]);
  expect(names(plan.files)).toEqual([
    "kernel/fs/squashfs.ko",
    "kernel/net/9pnet.ko",
    "kernel/fs/netfs.ko.gz",
    "kernel/fs/9p.ko",
    "kernel/net/9pnet_virtio.ko",
  ]);
});

test("a kernel without 9p is told apart, and so is one that lacks only a dependency", async () => {
  await write({
    "modules.builtin": BUILT_IN,
    "modules.dep": "kernel/squashfs.ko: kernel/gone.ko\n",
  });
  const plan = await planModules(await readModuleIndex(directory));
  expect(plan.missing).toEqual([
    "squashfs (the image's file system)",
    "9p (volumes)",
    "9pnet_virtio (volumes)",
  ]);
});
