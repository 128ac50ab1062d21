// Needs QEMU with a kernel, musl-gcc, tar2sqfs and busybox-static. Boots some dozen VMs, two at a time.
import { existsSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DeadlineError, VmError } from "../../../src/errors.ts";
import type { Entry } from "../../../src/oci/entry.ts";
import { type BootableImage, type BootOptions, withVirtualMachine } from "../../../src/vm/boot.ts";
import type { Runtime } from "../../../src/vm/runtime.ts";
import { entry, fileEntry } from "../../support/entries.ts";
import {
  bootOptions,
  busyboxEntries,
  hostileRuntimes,
  inPairs,
  makeImage,
  makeWorkplace,
  processesWith,
  type Workplace,
} from "./machines.ts";

let workplace: Workplace;
let good: BootableImage;
let hostile: (conduct: string) => Runtime;

interface Outcome {
  readonly error: VmError | DeadlineError;
  readonly elapsedMs: number;
  /** The whole console, which the error's details lead to. */
  readonly console: string;
}

/** How each case that must not become ready ended. */
const outcomes = new Map<string, Outcome>();

/** Each case by the name that the tests below know it by. */
const cases: Record<string, () => Promise<Outcome>> = {
  "no /etc": async () => failingBoot(await imageWithout("etc")),
  "no /proc": async () => failingBoot(await imageWithout("proc")),
  "no /sys": async () => failingBoot(await imageWithout("sys")),
  "linked resolver": async () =>
    failingBoot(await imageWithLink("etc/resolv.conf", "/run/systemd/resolve/stub-resolv.conf")),
  "linked hosts": async () => failingBoot(await imageWithLink("etc/hosts", "/nowhere/hosts")),
  "linked /var/tmp": async () =>
    failingBoot(await imageWith("linked-tmp", [entry("var"), link("var/tmp", "/tmp")])),
  "volume behind a link": async () => failingBoot(await imageWithLinkedVolume()),
  "damaged tables": async () => failingBoot(await damagedImage()),
  "another init, no /etc": async () =>
    failingBoot(await imageWithout("etc", "other"), { chosenRuntime: hostile("panic") }),
  silent: () => failingBoot(good, { chosenRuntime: hostile("silent"), bootTimeoutMs: 1500 }),
  flood: () => failingBoot(good, { chosenRuntime: hostile("flood"), bootTimeoutMs: 8000 }),
  huge: () => failingBoot(good, { chosenRuntime: hostile("huge") }),
  "too little memory": () => failingBoot(good, { memoryMib: 40, bootTimeoutMs: 20_000 }),
};

beforeAll(async () => {
  workplace = makeWorkplace();
  good = await makeImage(join(workplace.directory, "good.gvmi"), busyboxEntries());
  hostile = await hostileRuntimes(workplace.directory);
  await inPairs(Object.entries(cases), async ([name, boot]) => outcomes.set(name, await boot()));
});
afterAll(() => workplace.close());

function imageWithout(path: string, name = "without"): Promise<BootableImage> {
  const entries = busyboxEntries().filter((item) => item.path !== path);
  return makeImage(join(workplace.directory, `${name}-${path}.gvmi`), entries);
}

function imageWithLink(path: string, linkTarget: string): Promise<BootableImage> {
  return imageWith(path.replace("/", "-"), [link(path, linkTarget)]);
}

function imageWith(
  name: string,
  added: readonly Entry[],
  rest: Parameters<typeof makeImage>[2] = {},
): Promise<BootableImage> {
  const entries = [...busyboxEntries(), ...added];
  return makeImage(join(workplace.directory, `${name}.gvmi`), entries, rest);
}

/** As Debian has it, with a VOLUME that ignores it. */
function imageWithLinkedVolume(): Promise<BootableImage> {
  const added = [entry("run"), entry("var"), link("var/run", "/run")];
  return imageWith("linked-volume", added, { volumes: ["/var/run/app"] });
}

function link(path: string, linkTarget: string): Entry {
  return entry(path, { type: "symlink", linkTarget });
}

/** Its superblock is sound, and what that leads to is not. */
async function damagedImage(): Promise<BootableImage> {
  const entries = [...busyboxEntries(), fileEntry("zeros", Buffer.alloc(200_000))];
  const image = await makeImage(join(workplace.directory, "damaged.gvmi"), entries);
  const bytes = readFileSync(image.path);
  const inodeTable = Number(bytes.readBigUInt64LE(64));
  bytes.fill(0x55, inodeTable + 2, inodeTable + 400);
  writeFileSync(image.path, bytes);
  return image;
}

async function failingBoot(
  image: BootableImage,
  options: Partial<BootOptions> = {},
): Promise<Outcome> {
  const started = performance.now();
  const booted = withVirtualMachine(image, { ...bootOptions, ...options }, async () => "booted");
  const error = await booted.then(
    (result) => new Error(result),
    (thrown) => thrown,
  );
  const elapsedMs = performance.now() - started;
  const path = /\(The whole console is in (.+)\)/.exec(error.details ?? "")?.[1] ?? "";
  const console = existsSync(path) ? readFileSync(path, "latin1") : `no console at "${path}"`;
  return { error, elapsedMs, console };
}

function outcomeOf(name: string): Outcome {
  const outcome = outcomes.get(name);
  if (!outcome) throw new Error(`There is no case "${name}".`);
  return outcome;
}

test.each([
  ["no /etc", /no directory \/etc/, /convert it again/],
  ["no /proc", /mount proc on \/proc.*no such directory/, /convert it again/],
  ["no /sys", /mount sysfs on \/sys.*no such directory/, /convert it again/],
  ["linked resolver", /resolv\.conf.*symbolic link to \/run\/systemd/, /plain file/],
  ["linked hosts", /hosts.*symbolic link to \/nowhere/, /plain file/],
  ["linked /var/tmp", /guest_agent_private.*symbolic link/, /plain directories/],
])("an image with %s panics, and the reason is told", (name, reason, hint) => {
  const { error, console } = outcomeOf(name);
  expect(error).toMatchObject({ kind: "vm", message: expect.stringMatching(/^The VM ended: /) });
  expect(error.message).toMatch(reason);
  expect(error.hint).toMatch(hint);
  expect(error.details).toContain("Kernel panic - not syncing");
  // The file has the whole stack, of which the message has nothing.
  expect(error.details).not.toContain("Call Trace");
  expect(console).toContain("Call Trace");
});

test("a volume behind a symbolic link is not mounted, as on providers since 0.4, and is before", async () => {
  const { error } = outcomeOf("volume behind a link");
  expect(error).toMatchObject({
    kind: "vm",
    message: expect.stringContaining("The volume /var/run/app cannot be mounted"),
    hint: expect.stringContaining("name the directory itself"),
  });
  const options = { ...bootOptions, profile: "v0.3" } as const;
  const exit = await withVirtualMachine(await imageWithLinkedVolume(), options, (machine) => {
    const script = "busybox grep -q ' /run/app 9p ' /proc/mounts";
    return machine.run({ argv: ["/bin/busybox", "sh", "-c", script], onOutput: () => {} });
  });
  expect(exit.exitCode).toBe(0);
});

test("the image is looked into when another runtime's init panics without a word", () => {
  const { message } = outcomeOf("another init, no /etc").error;
  expect(message).toBe("The VM ended: the image has no directory /etc.");
});

test("an image whose file system is damaged is said to be", () => {
  const { error } = outcomeOf("damaged tables");
  expect(error).toMatchObject({ kind: "vm" });
  expect(error.message).toMatch(/file system is damaged|cannot mount the image/);
  expect(error.hint).toMatch(/convert/i);
});

test("an agent that never answers ends the run at the boot's deadline", () => {
  const { error, elapsedMs } = outcomeOf("silent");
  expect(error).toMatchObject({
    kind: "timeout",
    message: "The VM's guest agent did not answer within 1.5 s.",
    hint: expect.stringContaining("vm.timeouts.boot"),
  });
  expect(elapsedMs).toBeLessThan(1500 + 5000);
});

test("an agent that floods the connection, likewise", () => {
  const { error, elapsedMs } = outcomeOf("flood");
  expect(error).toMatchObject({ kind: "timeout" });
  expect(elapsedMs).toBeLessThan(8000 + 5000);
});

test("an agent that claims an answer of 2^64-1 bytes ends the run at once", () => {
  const { error } = outcomeOf("huge");
  expect(error).toMatchObject({ kind: "vm" });
  expect(error.message).toContain("claims 18446744073709551615 bytes");
});

test("a VM with too little memory for its kernel ends with the reason", () => {
  const { error } = outcomeOf("too little memory");
  expect(error).toMatchObject({ kind: "vm", hint: expect.stringContaining("--memory") });
});

test("a QEMU that refuses its arguments is quoted", async () => {
  const { error } = await failingBoot(good, { cpus: 10_000 });
  expect(error).toMatchObject({ kind: "vm", message: "QEMU could not start the VM." });
  expect(error.details).toContain("10000");
});

test("an image that is cut off is refused at once", async () => {
  const image = await makeImage(join(workplace.directory, "short.gvmi"), busyboxEntries());
  truncateSync(image.path, 5000);
  expect((await failingBoot(image)).error).toMatchObject({ kind: "gvmi" });
});

describe("after all that", () => {
  test("nothing is left", () => {
    expect(workplace.leftovers()).toEqual([]);
  });

  test("a run works: of an image that providers cannot read only when that is wanted", async () => {
    const written = { compression: "zstd", allowUnreadable: true } as const;
    const path = join(workplace.directory, "zstd.gvmi");
    const image = await makeImage(path, busyboxEntries(), written);
    const { error } = await failingBoot(image);
    expect(error.message).toMatch(/compressed with zstd.*providers cannot read/);
    expect(error.hint).toContain("--allow-unreadable");
    const consoleFile = join(workplace.directory, "logs/console");
    const options = { ...bootOptions, allowUnreadable: true, consoleFile };
    const exit = await withVirtualMachine(image, options, (machine) => {
      const [qemu] = processesWith(`${workplace.directory}/t/`);
      expect(qemu).toContain("-sandbox on,");
      expect(qemu).not.toMatch(/-monitor|-qmp|-nographic/);
      return machine.run({ argv: ["/bin/sh", "-c", "exit 3"], onOutput: () => {} });
    });
    expect(exit.exitCode).toBe(3);
    expect(readFileSync(consoleFile, "latin1")).toContain("golem-agent: ready");
  });
});
