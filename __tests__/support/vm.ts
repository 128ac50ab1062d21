import { execFile } from "node:child_process";
import {
  chmod,
  copyFile,
  mkdir,
  mkdtemp,
  readFile,
  rm,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { AgentClient } from "../../src/vm/agent/client.ts";
import { ConsoleLog } from "../../src/vm/console-log.ts";
import type { Profile } from "../../src/vm/profiles.ts";
import { mountTag, qemuCommand } from "../../src/vm/qemu/command-line.ts";
import { startQemu } from "../../src/vm/qemu/process.ts";
import { sandboxArguments } from "../../src/vm/qemu/sandbox.ts";
import { prepareSystemRuntime } from "../../src/vm/system-runtime.ts";

export interface StartOptions {
  profile?: Profile;
  memoryMib?: number;
  /** Files of the image beside busybox, by absolute path. */
  files?: Readonly<Record<string, string>>;
}

export interface TestVm {
  client: AgentClient;
  /** Another connection to the same guest; QEMU serves it once the one before is closed. */
  reconnect(): Promise<AgentClient>;
  /** The console's text so far. */
  console(): Promise<string>;
  /** Mount points in the guest and the host's directories behind them. */
  volumes: Map<string, string>;
  /** Settles when QEMU has ended. */
  ended: Promise<unknown>;
  close(): Promise<void>;
}

const BOOT_DEADLINE_MS = 250_000;
const VOLUMES = ["/golem/input", "/golem/deep/output"];

/**
 * Boots an image with busybox (static, in /bin with a link for each applet) under the system runtime and
 * mounts two volumes. Needs QEMU, mksquashfs, busybox-static and a kernel.
 */
export async function startVm(options: StartOptions = {}): Promise<TestVm> {
  const directory = await mkdtemp(join(tmpdir(), "gi-vm-"));
  const runtime = await prepareSystemRuntime();
  const image = await makeImage(directory, options.files ?? {});
  const volumes = new Map<string, string>();
  for (const [index, path] of VOLUMES.entries()) {
    volumes.set(path, join(directory, `volume-${index}`));
    await mkdir(join(directory, `volume-${index}`), { mode: 0o755 });
  }
  const console = await ConsoleLog.open(join(directory, "console"));
  const agentSocket = join(directory, "agent");
  const qemu = await startQemu(
    qemuCommand({
      qemu: runtime.qemu,
      accelerator: runtime.acceleratorChoice.accelerator,
      memoryMib: options.memoryMib ?? 256,
      cpus: 1,
      kernel: runtime.kernel.image,
      initramfs: runtime.initramfs,
      kernelParameters: [`golem.profile=${options.profile ?? "documented"}`],
      agentSocket,
      image,
      shares: [...volumes.values()],
      sandboxArguments: await sandboxArguments(runtime.qemu),
    }),
    { onConsole: (chunk) => console.append(chunk) },
  );
  const signal = AbortSignal.timeout(BOOT_DEADLINE_MS);
  const close = async () => {
    await qemu.kill();
    console.close();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const client = await AgentClient.connect(agentSocket, { signal });
    for (const [index, path] of VOLUMES.entries()) {
      await client.mountVolume(mountTag(index), path, { signal });
    }
    return {
      client,
      reconnect: () =>
        AgentClient.connect(agentSocket, { signal: AbortSignal.timeout(BOOT_DEADLINE_MS) }),
      console: () => readFile(console.path, "latin1"),
      volumes,
      ended: qemu.ended,
      close,
    };
  } catch (error) {
    const tail = console.tail(30);
    await close();
    throw new Error(`The test's VM did not boot:\n${tail}`, { cause: error });
  }
}

export async function makeImage(
  directory: string,
  files: Readonly<Record<string, string>>,
): Promise<string> {
  const run = promisify(execFile);
  const root = join(directory, "root");
  for (const path of ["bin", "etc", "proc", "sys", "tmp", "var/tmp"]) {
    await mkdir(join(root, path), { recursive: true });
  }
  await copyFile("/bin/busybox", join(root, "bin/busybox"));
  const { stdout } = await run("/bin/busybox", ["--list"]);
  for (const applet of stdout.split("\n").filter((name) => name !== "" && name !== "busybox")) {
    await symlink("busybox", join(root, "bin", applet));
  }
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }
  await chmod(root, 0o755);
  const image = join(directory, "image");
  await run("mksquashfs", [root, image, "-all-root", "-noappend", "-quiet", "-no-progress"]);
  return image;
}
