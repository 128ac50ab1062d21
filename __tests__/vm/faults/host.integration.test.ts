// Needs QEMU with a kernel that has 9p, and busybox-static; as root also a tmpfs of its own.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import { join } from "node:path";
import { type BootableImage, withVirtualMachine } from "../../../src/vm/boot.ts";
import { getFile, putFile } from "../../../src/vm/transfer.ts";
import type { VirtualMachine } from "../../../src/vm/virtual-machine.ts";
import {
  bootOptions,
  busyboxEntries,
  makeImage,
  makeWorkplace,
  type Workplace,
} from "./machines.ts";

let workplace: Workplace;
let image: BootableImage;

beforeAll(async () => {
  workplace = makeWorkplace("a, b");
  image = await makeImage(join(workplace.directory, "image.gvmi"), busyboxEntries(), {
    volumes: ["/golem"],
  });
});
afterAll(() => workplace.close());

async function sh(machine: VirtualMachine, script: string): Promise<number | undefined> {
  const argv = ["/bin/sh", "-c", `PATH=/bin; ${script}`] as const;
  return (await machine.run({ argv, timeoutMs: 30_000, onOutput: () => {} })).exitCode;
}

/** Sends a file through a VM and back. */
async function roundTrip(name: string): Promise<string> {
  const [from, to] = [join(workplace.directory, name), join(workplace.directory, `${name}.back`)];
  writeFileSync(from, `content of ${name}`);
  await withVirtualMachine(image, { ...bootOptions, memoryMib: 128 }, async (machine) => {
    await putFile(machine.volumes, from, "/golem/in");
    expect(await sh(machine, "busybox cp /golem/in /golem/out")).toBe(0);
    await getFile(machine.volumes, "/golem/out", to);
  });
  return readFileSync(to, "utf8");
}

test("twenty runs at once, in a directory with a comma, keep apart and leave nothing", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `file ${index}`);
  const contents = await Promise.all(names.map(roundTrip));
  expect(contents).toEqual(names.map((name) => `content of ${name}`));
  expect(workplace.leftovers()).toEqual([]);
});

const isRoot = process.getuid?.() === 0;
(isRoot ? describe : describe.skip)("a full disk (needs root, to mount one)", () => {
  let disk: string;
  beforeAll(() => {
    disk = join(workplace.directory, "disk");
    mkdirSync(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", disk]);
    jest.spyOn(os, "tmpdir").mockReturnValue(disk);
  });
  afterAll(() => {
    jest.spyOn(os, "tmpdir").mockReturnValue(join(workplace.directory, "a, b"));
    execFileSync("umount", [disk]);
  });

  test("is met by the guest and by transfers with its reason, and the run goes on", async () => {
    const { directory } = workplace;
    writeFileSync(join(directory, "in"), "x".repeat(100_000));
    const large = "busybox dd if=/dev/zero of=/golem/x bs=64k count=32";
    const codes = await withVirtualMachine(image, bootOptions, async (machine) => {
      const whenFilled = await sh(machine, large);
      const put = putFile(machine.volumes, join(directory, "in"), "/golem/in");
      await expect(put).rejects.toMatchObject({ message: expect.stringContaining("ENOSPC") });
      const get = getFile(machine.volumes, "/golem/x", join(disk, "out"));
      await expect(get).rejects.toMatchObject({ kind: "environment" });
      const whenFreed = await sh(machine, "busybox rm /golem/x && echo x > /golem/y");
      return { whenFilled, whenFreed };
    });
    expect(codes).toEqual({ whenFilled: 1, whenFreed: 0 });
    expect(execFileSync("ls", ["-A", disk], { encoding: "utf8" })).toBe("");
  });
});
