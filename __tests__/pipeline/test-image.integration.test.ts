// Needs QEMU, a kernel with 9p, busybox-static, and a machine that lets this user make mount namespaces. Boots
// three VMs.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeGvmi } from "../../src/gvmi/write.ts";
import { testImage } from "../../src/pipeline/test-image.ts";
import type { TestSettings } from "../../src/settings/settings.ts";
import { entry, fileEntry } from "../support/entries.ts";

const MIB = 1024 * 1024;

let directory: string;
let path: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "gi-"));
  path = join(directory, "image.gvmi");
  const entries = [
    entry(""),
    entry("bin"),
    fileEntry("bin/busybox", readFileSync("/bin/busybox"), { mode: 0o755 }),
    entry("bin/sh", { type: "symlink", linkTarget: "busybox" }),
  ];
  const config = { Volumes: { "/golem/output": {} }, Env: ["OLD=1"], WorkingDir: "/" };
  await writeGvmi(entries, config, path, { compression: "gzip" });
});

afterAll(() => rmSync(directory, { recursive: true }));

const shellTest = (
  name: string,
  script: string,
  expected: Partial<TestSettings["expect"]> = {},
): TestSettings => ({
  name,
  run: script.replaceAll("$b", "/bin/busybox"),
  put: [],
  expect: { exitCode: 0, stdout: [], stderr: [], files: [], ...expected },
  get: [],
});

test("the same tests run on each profile, within its limits, and what they took is measured", async () => {
  const details: string[] = [];
  const result = await testImage({
    path,
    vm: {
      runtime: { name: "system" },
      profile: "v0.4",
      profiles: ["v0.4", "v0.5"],
      memory: 256,
      cpus: 1,
      storage: 4,
      outputLimit: 1,
      accelerator: "auto",
      timeouts: { boot: 250_000, command: 60_000, total: 280_000 },
    },
    tests: [
      shellTest("a volume is full", "$b dd if=/dev/zero of=/golem/output/large bs=1M count=6", {
        exitCode: 1,
        stderr: ["No space left on device"],
      }),
      shellTest("a volume has a size", "$b df -m /golem/output | $b tail -n 1", {
        // The test before has filled it: each meets a fresh state.
        stdout: [" 4 +0 +4 +0% "],
      }),
      shellTest("much is printed", "$b head -c 3145728 /dev/zero | $b tr '\\0' x", {
        stdout: ["^x+\n\\[\\.\\.\\. 2097152 bytes more are not shown\\]\n$"],
      }),
      shellTest(
        "files come and go",
        "$b head -c 20971520 /dev/zero > /large; $b sleep 0.3; $b rm /large",
      ),
      // The environment of the image reaches commands on v0.4 alone.
      shellTest("ends the VM on v0.4", "$b test -z $OLD || $b poweroff -f"),
      shellTest("is the last", "exit 3"),
    ],
    progress: { detail: () => {}, note: (text) => details.push(text) },
  });

  expect(result.ok).toBe(false);
  const [old, current] = result.profiles;
  const passed = (name: string) => expect.objectContaining({ name, ok: true, message: "" });
  const common = [
    "a volume is full",
    "a volume has a size",
    "much is printed",
    "files come and go",
  ];
  expect(old).toMatchObject({
    profile: "v0.4",
    ok: false,
    readyMs: expect.any(Number),
    tests: [
      ...common.map(passed),
      {
        name: "ends the VM on v0.4",
        ok: false,
        message: expect.stringContaining("The VM"),
        isolation: "reset",
      },
      // In another VM.
      { name: "is the last", ok: false, isolation: "boot" },
    ],
    failure: {
      kind: "vm",
      during: "ends the VM on v0.4",
      message: expect.stringContaining("The VM"),
    },
  });
  expect(current).toMatchObject({
    profile: "v0.5",
    ok: false,
    tests: [
      ...[...common, "ends the VM on v0.4"].map(passed),
      { name: "is the last", ok: false, message: "exit code 3, expected 0" },
    ],
    failure: null,
    measurements: {
      storage: { limitMib: 4, enforcement: "enforced" },
      volumes: [{ path: "/golem/output", bytes: 4 * MIB, isOverLimit: false }],
    },
  });

  const { overlay, memory, tmp, cpuSeconds, hostMemoryPeakBytes } = current?.measurements ?? {};
  expect(overlay?.peakBytes).toBeGreaterThanOrEqual(20 * MIB);
  expect(overlay?.usedBytes).toBeLessThan(2 * MIB);
  expect(memory?.peakBytes).toBeGreaterThanOrEqual(20 * MIB);
  expect(memory?.peakBytes).toBeLessThan(memory?.sizeBytes ?? 0);
  expect(tmp?.peakBytes).toBeLessThan(MIB);
  // The guest's kernel alone takes more than this to start.
  expect(cpuSeconds).toBeGreaterThan(0.2);
  expect(cpuSeconds).toBeLessThan(180);
  expect(hostMemoryPeakBytes).toBeGreaterThan(64 * MIB);
  expect(details.filter((text) => text.startsWith("v0.5  pass"))).toHaveLength(5);
});
