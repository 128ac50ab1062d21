import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Availability, BuilderName } from "../../src/build/builder.ts";
import { judgeBuilder } from "../../src/doctor/builders.ts";
import { checkDirectory, judgeSpace } from "../../src/doctor/directories.ts";
import { checkMemory } from "../../src/doctor/memory.ts";
import { checkNode } from "../../src/doctor/node.ts";
import { judgeQemu } from "../../src/doctor/qemu.ts";

const MIB = 1024 ** 2;

test.each([
  ["20.15.0", "ok"],
  ["24.1.0", "ok"],
  ["20.14.9", "problem"],
  ["18.20.0", "problem"],
])("Node.js %s is %s", (version, status) => {
  expect(checkNode(version)).toMatchObject({ status });
});

describe("QEMU", () => {
  const DEVICES = 'name "virtio-9p-pci", bus PCI\n';
  const ACCELERATORS = "Accelerators supported in QEMU binary:\ntcg\nkvm\n";

  test.each([
    ["of today", "QEMU emulator version 8.2.2 (Debian 1:8.2.2)", DEVICES, ACCELERATORS, "ok"],
    ["too old", "QEMU emulator version 4.2.1", DEVICES, ACCELERATORS, "warning"],
    ["without 9p", "QEMU emulator version 8.2.2", "", ACCELERATORS, "problem"],
    ["without TCG", "QEMU emulator version 8.2.2", DEVICES, "kvm\n", "warning"],
    ["that is something else", "hello", DEVICES, ACCELERATORS, "problem"],
  ])("%s", (_, version, devices, accelerators, status) => {
    const verdict = judgeQemu(version, devices, accelerators);
    expect(verdict).toMatchObject({ status });
    expect(verdict.cure === undefined).toBe(status === "ok");
  });
});

describe("builders", () => {
  const ready = { isUsable: true, description: "engine 28" } as Availability;
  const missing = { isUsable: false, reason: "it is not installed", cure: "Install it." } as const;
  const judge = (docker: Availability, buildah: Availability) => {
    const all = new Map<BuilderName, Availability>([
      ["docker", docker],
      ["buildah", buildah],
    ]);
    return [judgeBuilder("docker", all), judgeBuilder("buildah", all)];
  };

  test("one that works is enough", () => {
    expect(judge(ready, missing)).toMatchObject([
      { name: "Docker", status: "ok", detail: "engine 28" },
      { name: "Buildah", status: "warning", detail: expect.stringContaining("with Docker") },
    ]);
  });

  test("none is a problem of each", () => {
    expect(judge(missing, missing).map(({ status }) => status)).toEqual(["problem", "problem"]);
  });
});

describe("directories", () => {
  let directory: string;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), "doctor-"));
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  test("one that is made when needed is judged by its nearest parent, and is not made", async () => {
    const path = join(directory, "not", "yet");
    const verdict = await checkDirectory(path, "XDG_CACHE_HOME", true);
    expect(verdict.detail).toContain(`free in ${path}`);
    expect(await checkDirectory(path, "TMPDIR", false)).toMatchObject({
      status: "problem",
      detail: expect.stringContaining("there is no such directory"),
      cure: expect.stringContaining("TMPDIR"),
    });
  });

  test("one that this user may not write is a problem", async () => {
    const place = process.getuid?.() === 0 ? "/proc/sys" : directory;
    chmodSync(directory, 0o500);
    expect(await checkDirectory(place, "TMPDIR", false)).toMatchObject({ status: "problem" });
  });

  test.each([
    [30_000, "ok", "29.3 GiB"],
    [1000, "warning", "1000 MiB"],
    [10, "problem", "10 MiB"],
  ])("%d MiB free are %s", (mebibytes, status, text) => {
    const verdict = judgeSpace("/tmp", mebibytes * MIB, "TMPDIR");
    expect(verdict).toMatchObject({ status, detail: `${text} free in /tmp` });
  });
});

test("memory must do for the VM that the settings ask for", () => {
  expect(checkMemory(256, 1024 * MIB)).toMatchObject({ status: "ok" });
  expect(checkMemory(4096, 1024 * MIB)).toMatchObject({
    status: "warning",
    detail: "1.0 GiB free, for a VM of 4096 MiB",
  });
});
