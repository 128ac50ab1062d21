// Needs QEMU, a kernel with 9p, busybox-static, and tar2sqfs. Boots about 12 VMs, two at a time where there are two cores.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeGvmi } from "../../src/gvmi/write.ts";
import { bootOptions, readBootableImage } from "../../src/pipeline/bootable-image.ts";
import { sizeImage } from "../../src/pipeline/size-image.ts";
import type { VmSettings } from "../../src/settings/settings.ts";
import { withVirtualMachine } from "../../src/vm/boot.ts";
import { entry, fileEntry } from "../support/entries.ts";

jest.setTimeout(180_000);

const MIB = 1024 * 1024;

const vm: VmSettings = {
  runtime: { name: "system" },
  memory: 100,
  cpus: 1,
  accelerator: "auto",
  timeouts: { boot: 250_000, command: 250_000, total: 280_000 },
};

let directory: string;
let path: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "gi-"));
  path = join(directory, "hello.gvmi");
  // What examples/hello makes.
  const entries = [
    entry(""),
    entry("bin"),
    fileEntry("bin/busybox", readFileSync("/bin/busybox"), { mode: 0o755 }),
    entry("bin/sh", { type: "symlink", linkTarget: "busybox" }),
    entry("golem"),
    entry("golem/input"),
    fileEntry("golem/input/welcome.txt", "Hello"),
    entry("golem/work"),
  ];
  const config = {
    Volumes: { "/golem/input": {}, "/golem/output": {} },
    WorkingDir: "/golem/work",
    Env: ["GREETING=Hello"],
  };
  await writeGvmi(entries, config, path, { compression: "gzip" });
});

afterAll(() => rmSync(directory, { recursive: true }));

test("the saving of smallest is measured on request, and estimated otherwise", async () => {
  const measure = async (measureSmallest: boolean) => {
    const progress = { detail: () => {}, note: () => {} };
    const sized = await sizeImage({ path, vm, tests: [], boots: false, measureSmallest, progress });
    return sized.bytes.smallest;
  };
  const output = join(directory, "smallest.gvmi");
  const entries = [fileEntry("busybox", readFileSync("/bin/busybox"), { mode: 0o755 })];
  await writeGvmi(entries, {}, output, { compression: "xz" });
  const measured = await measure(true);
  expect(measured.how).toBe("measured");
  // The same program with xz takes about as much.
  expect(Math.abs(measured.total - statSync(output).size)).toBeLessThan(8192);
  expect(measured.savedBytes).toBe(statSync(path).size - measured.total);
  expect(await measure(false)).toMatchObject({ how: "estimated" });
});

test("the least memory is found with which the image boots: with 1 MiB less it does not", async () => {
  const nothing = { stdout: [], stderr: [], files: [], exitCode: 0 };
  const script =
    "cd /golem/output && /bin/busybox dd if=/dev/zero of=x bs=1M count=24 && /bin/busybox sleep 0.2 && /bin/busybox rm x";
  const { needs, bytes } = await sizeImage({
    path,
    vm,
    tests: [{ name: "writes 24 MiB for a moment", run: script, put: [], get: [], expect: nothing }],
    margin: 0.5,
    progress: { detail: () => {}, note: () => {} },
  });

  const { bootMib = 0, trials = [] } = needs?.memory ?? {};
  expect(bootMib).toBeLessThan(vm.memory);
  const ofBoots = trials.filter(({ kind }) => kind === "boot");
  expect(ofBoots).toContainEqual(expect.objectContaining({ memoryMib: bootMib - 1, ok: false }));
  // The search's word is not taken for it.
  const image = await readBootableImage(path);
  const boot = (memory: number) =>
    withVirtualMachine(
      image,
      { ...bootOptions({ ...vm, memory, console: join(directory, "console") }) },
      async (machine) => machine.isUsable(),
    );
  await expect(boot(bootMib - 1)).rejects.toThrow(/The VM ended/);

  expect(needs).toMatchObject({
    tests: ["writes 24 MiB for a moment"],
    requirements: {
      minMemGib: expect.closeTo(Math.ceil(((needs?.memory.leastMib ?? 0) * 1.5) / 51.2) * 0.05, 5),
      minStorageGib: 0.1,
      minCpuThreads: 1,
    },
  });
  // Though it was removed before the test's end.
  expect(needs?.storage.peakBytes).toBeGreaterThan(20 * MIB);
  expect(bytes).toMatchObject({ compression: "gzip", contents: { files: expect.any(Number) } });
});
