// Needs QEMU, mksquashfs, busybox-static and a kernel. The bundle has the official layout, but local parts: a
// vmrt that runs the distribution's QEMU without KVM, the distribution's kernel, and our own initramfs.
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../../src/errors.ts";
import { findProgram } from "../../../src/system/find-program.ts";
import { type BootableImage, withVirtualMachine } from "../../../src/vm/boot.ts";
import type { chooseAccelerator } from "../../../src/vm/qemu/accelerator.ts";
import { chooseRuntime, type RuntimeOptions } from "../../../src/vm/runtimes/choose-runtime.ts";
import { LocalBundleStore } from "../../../src/vm/runtimes/local-bundle-store.ts";
import { prepareSystemRuntime, type SystemRuntime } from "../../../src/vm/system-runtime.ts";
import type { VirtualMachine } from "../../../src/vm/virtual-machine.ts";
import { bundleServer, VERSION } from "../../support/runtime-bundle.ts";
import { makeImage } from "../../support/vm.ts";

const kvmWorks: typeof chooseAccelerator = async () => ({ accelerator: "kvm", reason: "it works" });
const kvmFails: typeof chooseAccelerator = async () => ({ accelerator: "tcg", reason: "no KVM" });

let workspace: string;
let bundle: string;
let image: BootableImage;
let system: SystemRuntime;

beforeAll(async () => {
  workspace = await mkdtemp(join(tmpdir(), "gi-"));
  system = await prepareSystemRuntime({ chooseAccelerator: kvmFails });
  bundle = join(workspace, "a bundle", `ya-runtime-vm-linux-${VERSION}`);
  const runtime = join(bundle, "ya-runtime-vm", "runtime");
  await mkdir(runtime, { recursive: true });
  await copyFile(system.kernel.image, join(runtime, "vmlinuz-virt"));
  await copyFile(system.initramfs, join(runtime, "initramfs.cpio.gz"));
  await writeFile(join(runtime, "vmrt"), await emulatingVmrt(), { mode: 0o755 });
  image = {
    path: await makeImage(workspace, {}),
    volumes: ["/golem/out put"],
    workingDirectory: "/bin",
    environment: ["COLOUR=red"],
  };
});

afterAll(() => rm(workspace, { recursive: true }));

/** Notes where and how it was started, and emulates. */
async function emulatingVmrt(): Promise<string> {
  const qemu = await findProgram("qemu-system-x86_64");
  return `#!/bin/sh
pwd > started
echo "$*" >> started
for word; do
  shift
  case $word in
    -enable-kvm) set -- "$@" -accel tcg ;;
    host,-sgx) set -- "$@" max ;;
    *) set -- "$@" "$word" ;;
  esac
done
exec ${qemu} "$@"
`;
}

async function bootOfficial(
  options: Partial<RuntimeOptions>,
  body: (machine: VirtualMachine) => Promise<void>,
): Promise<string> {
  let description = "";
  await withVirtualMachine(
    image,
    {
      memoryMib: 256,
      cpus: 1,
      bootTimeoutMs: 250_000,
      runtime: { name: "ya-runtime-vm", path: bundle },
      onRuntime: (line) => {
        description = line;
      },
      ...options,
    },
    body,
  );
  return description;
}

async function output(machine: VirtualMachine, script: string): Promise<string> {
  let text = "";
  const { exitCode } = await machine.run({
    argv: ["/bin/sh", "-c", script],
    timeoutMs: 30_000,
    onOutput: (_stream, chunk) => {
      text += Buffer.from(chunk).toString();
    },
  });
  expect(exitCode).toBe(0);
  return text;
}

async function expectToWork(machine: VirtualMachine): Promise<void> {
  expect(machine).toMatchObject({ profile: "v0.5", runtime: { version: VERSION } });
  expect(await output(machine, "pwd; echo made > '/golem/out put/a'; echo $COLOUR")).toBe(
    "/bin\n\n",
  );
  const [volume] = machine.volumes;
  expect(await readFile(join(volume?.hostDirectory ?? "", "a"), "utf8")).toBe("made\n");
  // The official agent dies of the request, so it must not be sent.
  expect(await machine.statistics()).toBeUndefined();
}

test("under KVM vmrt itself is started, in its directory", async () => {
  const line = await bootOfficial({ chooseAccelerator: kvmWorks }, expectToWork);
  expect(line).toMatch(new RegExp(`^runtime ya-runtime-vm ${VERSION}: as asked for`));
  const runtime = join(bundle, "ya-runtime-vm", "runtime");
  const [directory, words] = (await readFile(join(runtime, "started"), "utf8")).split("\n");
  expect(directory).toBe(runtime);
  expect(words).toContain("-enable-kvm -cpu host,-sgx -smp 1");
  await rm(join(runtime, "started"));
});

test("without KVM the bundle's kernel and initramfs run under this machine's QEMU, which is said", async () => {
  const line = await bootOfficial({ chooseAccelerator: kvmFails }, expectToWork);
  expect(line).toContain(
    "vmrt needs KVM (no KVM), so its kernel and initramfs run under this machine's QEMU with TCG",
  );
  await expect(readFile(join(bundle, "ya-runtime-vm", "runtime", "started"))).rejects.toThrow(
    "ENOENT",
  );
});

describe("the choice", () => {
  const choose = (options: RuntimeOptions) =>
    chooseRuntime({
      chooseAccelerator: kvmWorks,
      bundleStore: new LocalBundleStore(join(workspace, "cache")),
      ...options,
    });

  test("of itself falls on the official runtime where KVM works and a bundle is here", async () => {
    const runtime = await choose({ runtime: { name: "auto", path: bundle } });
    expect(runtime).toMatchObject({
      name: "ya-runtime-vm",
      version: VERSION,
      profile: "v0.5",
      agent: "official",
      kernelParameters: [],
      reason: expect.stringContaining("KVM works, as on a provider"),
    });
  });

  test.each<[string, RuntimeOptions, string]>([
    [
      "KVM does not work",
      { chooseAccelerator: kvmFails },
      "the official runtime needs KVM: no KVM",
    ],
    [
      "another profile is asked for",
      { profile: "documented" },
      `the profile documented was asked for, and ya-runtime-vm ${VERSION} has v0.5`,
    ],
    [
      "TCG is asked for",
      { accelerator: "tcg" },
      "the official runtime has no TCG, which was asked for",
    ],
  ])("falls on the system where %s", async (_case, options, reason) => {
    const runtime = await choose({ runtime: { name: "auto", path: bundle }, ...options });
    expect(runtime).toMatchObject({ name: "system", reason, agent: "ours" });
    expect(runtime.profile).toBe("documented");
  });

  test("falls on the system where a bundle is not to be had, or not soon", async () => {
    let isDead = false;
    const server = await bundleServer(({ response }) => {
      // A server that is dead never answers.
      if (!isDead) response.writeHead(503).end();
    });
    try {
      const runtime = { name: "auto", version: VERSION, mirror: server.url } as const;
      expect((await choose({ runtime })).reason).toMatch(/cannot be downloaded .* answered 503$/);
      expect(server.requests).toHaveLength(1);
      isDead = true;
      const { name, reason } = await choose({ runtime, quickDownloadMs: 100 });
      expect(name).toBe("system");
      expect(reason).toBe(
        "the official runtime is not here, and it could not be fetched within 0.1 s",
      );
    } finally {
      await server.close();
    }
  });

  test("of the official runtime does not allow another profile than its own", async () => {
    const runtime = { name: "ya-runtime-vm", path: bundle } as const;
    const choosing = choose({ runtime, profile: "v0.4" });
    await expect(choosing).rejects.toThrow(UsageError);
    await expect(choosing).rejects.toThrow(`but ya-runtime-vm ${VERSION} behaves as v0.5`);
  });

  test("of a bundle that nothing tells the version of goes by the profile that is asked for", async () => {
    const unnamed = join(workspace, "unnamed");
    await mkdir(unnamed);
    for (const name of ["vmrt", "vmlinuz-virt", "initramfs.cpio.gz"]) {
      await writeFile(join(unnamed, name), "");
      await chmod(join(unnamed, name), 0o755);
    }
    const runtime = { name: "ya-runtime-vm", path: unnamed } as const;
    expect(await choose({ runtime, profile: "v0.4" })).toMatchObject({
      version: "unknown",
      profile: "v0.4",
    });
    expect(await choose({ runtime })).toMatchObject({ profile: "v0.5" });
  });
});
