// Needs QEMU with a kernel that has 9p, and busybox-static. Boots two VMs.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { VmError } from "../../../src/errors.ts";
import { type BootableImage, type BootOptions, withVirtualMachine } from "../../../src/vm/boot.ts";
import type { GuestExit } from "../../../src/vm/guest-command.ts";
import { getFile } from "../../../src/vm/transfer.ts";
import type { VirtualMachine } from "../../../src/vm/virtual-machine.ts";
import { entry, fileEntry } from "../../support/entries.ts";
import {
  bootOptions,
  busyboxEntries,
  makeImage,
  makeWorkplace,
  type Workplace,
} from "./machines.ts";

let workplace: Workplace;
let image: BootableImage;
let machine: VirtualMachine;
/** Ends the VM that the tests share. */
let end: (how: "well" | Error) => void;
let ended: Promise<unknown>;

const MIB = 1024 * 1024;

beforeAll(async () => {
  workplace = makeWorkplace();
  const entries = [
    ...busyboxEntries(),
    fileEntry("dos.sh", "#!/bin/sh\r\necho\r\n", { mode: 0o755 }),
    fileEntry("plain.sh", "#!/bin/sh\necho\n"),
    entry("work"),
  ];
  image = await makeImage(join(workplace.directory, "image.gvmi"), entries, {
    volumes: ["/golem"],
    workingDirectory: "/work",
  });
  const started = boot(image, { profile: "v0.5" });
  machine = await started.machine;
  ended = started.ended;
  end = started.end;
});
afterAll(() => workplace.close());

/** Boots a VM that runs until it is told to end. */
function boot(image: BootableImage, options: Partial<BootOptions>) {
  let end: (how: "well" | Error) => void = () => {};
  let onMachine: (machine: VirtualMachine) => void = () => {};
  const booted = new Promise<VirtualMachine>((resolve) => {
    onMachine = resolve;
  });
  const ended = withVirtualMachine(image, { ...bootOptions, ...options }, (vm) => {
    onMachine(vm);
    return new Promise<string>((resolve, reject) => {
      end = (how) => (how === "well" ? resolve(how) : reject(how));
    });
  }).catch((error: unknown) => error);
  const machine = Promise.race([
    booted,
    ended.then((error) => {
      throw error;
    }),
  ]);
  return { machine, ended, end: (how: "well" | Error) => end(how) };
}

interface Ran extends GuestExit {
  stdout: string;
  bytes: number;
}

async function run(
  argv: [string, ...string[]],
  options: { timeoutMs?: number; directory?: string } = {},
): Promise<Ran> {
  const kept: string[] = [];
  let bytes = 0;
  const exit = await machine.run({
    argv,
    timeoutMs: 60_000,
    ...options,
    onOutput: (stream, chunk) => {
      bytes += chunk.length;
      if (stream === "stdout" && bytes < 10_000) kept.push(Buffer.from(chunk).toString());
    },
  });
  return { ...exit, stdout: kept.join(""), bytes };
}

const shell = (script: string, options?: { timeoutMs?: number }) =>
  run(["/bin/sh", "-c", `PATH=/bin; ${script}`], options);

describe("exit code 9 without output is explained", () => {
  test.each([
    ["/bin/missing", undefined, "the image has no /bin/missing"],
    ["/plain.sh", undefined, "/plain.sh is not executable (its mode is 0644)"],
    ["/dos.sh", undefined, "(the script has Windows line ends)"],
    ["/bin/busybox", "/golem/work", "/golem/work is hidden by the VOLUME /golem"],
    ["/bin/busybox", "/nowhere", "the image has no directory /nowhere, the working directory"],
    ["/golem/tool", undefined, "/golem/tool does not exist: a VOLUME is empty at the start"],
  ])("%s in %s", async (program, directory, reason) => {
    const exit = await run([program], directory === undefined ? {} : { directory });
    expect(exit).toMatchObject({ exitCode: 9, couldNotStart: expect.stringContaining(reason) });
  });

  test("and a command that ends so itself is not accused", async () => {
    const exit = await shell("exit 9");
    expect(exit.couldNotStart).toMatch(/nothing in the image explains it/);
    expect((await shell("echo x; exit 9")).couldNotStart).toBeUndefined();
  });
});

test("what a guest leaves in a volume is neither followed nor waited for", async () => {
  await shell(
    "cd /golem; busybox ln -s /etc/passwd link; busybox mkfifo fifo; busybox mknod null c 1 3; busybox mkdir dir",
  );
  const out = join(workplace.directory, "got");
  for (const [name, problem] of [
    ["link", "symbolic link"],
    // Whether the guest can make these depends on what the host's user may.
    ["fifo", /not a regular file|does not exist/],
    ["dir", "not a regular file"],
    ["null", /not a regular file|does not exist/],
  ] as const) {
    await expect(getFile(machine.volumes, `/golem/${name}`, out)).rejects.toThrow(problem);
  }
  expect(existsSync(out)).toBe(false);
});

test("128 MiB without a newline go through in bounded memory", async () => {
  const before = process.memoryUsage().rss;
  const { exitCode, bytes } = await shell("busybox head -c 134217728 /dev/zero");
  expect({ exitCode, bytes }).toEqual({ exitCode: 0, bytes: 128 * MIB });
  expect(process.memoryUsage().rss - before).toBeLessThan(100 * MIB);
});

test("a command at its time limit is killed, and the VM goes on", async () => {
  const started = performance.now();
  await expect(run(["/bin/busybox", "sleep", "1000"], { timeoutMs: 500 })).rejects.toMatchObject({
    kind: "timeout",
  });
  expect(performance.now() - started).toBeLessThan(5500);
  expect((await shell("echo on")).stdout).toBe("on\n");
});

/** Nobody can say how a guest ends that is out of memory or processes; when the run does, everybody can. */
async function endsInTime(timeoutMs: number, work: () => Promise<GuestExit>): Promise<void> {
  const started = performance.now();
  const outcome = await work().catch((error: unknown) => error);
  expect(performance.now() - started).toBeLessThan(timeoutMs + 5000);
  if (outcome instanceof Error) expect(outcome).toMatchObject({ kind: "timeout" });
  else expect(outcome).toMatchObject({ signal: 9 });
}

test("a guest out of memory ends at the command's time limit at the latest", async () => {
  const victim = boot(image, { memoryMib: 128 });
  const vm = await victim.machine;
  const argv = ["/bin/busybox", "tail", "/dev/zero"] as const;
  await endsInTime(4000, () => vm.run({ argv, timeoutMs: 4000, onOutput: () => {} }));
  const started = performance.now();
  victim.end("well");
  expect(await victim.ended).toBe("well");
  expect(performance.now() - started).toBeLessThan(5000);
});

test("a fork bomb ends at its time limit at the latest, whatever becomes of the guest", async () => {
  const bomb = "bomb() { bomb | bomb & }; bomb; busybox sleep 1000";
  await endsInTime(3000, () => shell(bomb, { timeoutMs: 3000 }));
});

test("QEMU killed: what ran says so, and nothing is left", async () => {
  const started = performance.now();
  const [qemu] = execFileSync("ps", ["-eo", "pid,args"], { encoding: "utf8" })
    .split("\n")
    .filter((line) => line.includes(`${workplace.directory}/t/`) && line.includes("-kernel"));
  process.kill(Number.parseInt(qemu ?? "", 10), "SIGKILL");
  const failure = await shell("echo never").catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(VmError);
  end(failure as VmError);
  expect(await ended).toMatchObject({ kind: "vm", message: "QEMU was killed by SIGKILL." });
  expect(performance.now() - started).toBeLessThan(5000);
  expect(workplace.leftovers()).toEqual([]);
});
