import { chmod, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { DeadlineError, VmError } from "../errors.ts";
import { withDeadline } from "../system/deadline.ts";
import { withTemporaryDirectory } from "../system/temporary.ts";
import { AgentClient } from "./agent/client.ts";
import { explainGuestEnd } from "./boot-failure.ts";
import type { Profile } from "./profiles.ts";
import { type MachineDescription, mountTag, qemuCommand } from "./qemu/command-line.ts";
import { consoleTail, type QemuExit, type QemuProcess, startQemu } from "./qemu/process.ts";
import {
  prepareSystemRuntime,
  type SystemRuntime,
  type SystemRuntimeOptions,
} from "./system-runtime.ts";
import { CommandStartError, VirtualMachine } from "./virtual-machine.ts";
import type { Volume } from "./volume-files.ts";

/** What the VM takes from a .gvmi. */
export interface BootableImage {
  readonly path: string;
  /** Mount points, as the image's metadata lists them. */
  readonly volumes: readonly string[];
  /** The directory every command starts in; `/` when the image names none. */
  readonly workingDirectory: string;
  /** `KEY=value`; whether commands get to see it is the profile's decision. */
  readonly environment: readonly string[];
}

export interface BootOptions extends SystemRuntimeOptions {
  profile: Profile;
  memoryMib: number;
  cpus: number;
  /** Milliseconds from QEMU's start until the guest agent has answered. */
  bootTimeoutMs: number;
}

/** A guest powers off within a fraction of this. */
const QUIT_TIMEOUT_MS = 2_000;

/** A Unix socket's path holds 107 bytes (unix(7)); ours needs 20 below its parent. */
const MAX_SOCKET_PARENT_BYTES = 80;

/**
 * Boots an image, mounts its volumes, and hands the running VM to `body`. When that ends, or anything
 * fails, QEMU is ended and everything that it left, the volumes' contents included, is removed.
 *
 * @throws {MissingToolError} without QEMU or a kernel
 * @throws {VmError} when the guest ends by itself; the message has the reason, details the console's last lines
 * @throws {DeadlineError} when the guest agent has not answered in time
 */
export async function withVirtualMachine<T>(
  image: BootableImage,
  options: BootOptions,
  body: (machine: VirtualMachine) => Promise<T>,
): Promise<T> {
  const runtime = await prepareSystemRuntime(options);
  const parent = Buffer.byteLength(tmpdir()) > MAX_SOCKET_PARENT_BYTES ? "/tmp" : tmpdir();
  return withTemporaryDirectory(async (directory) => {
    const volumes = await makeVolumes(image.volumes, directory);
    const description = describeMachine(image, options, runtime, directory, volumes);
    options.onProgress?.(`booting under ${description.accelerator.toUpperCase()}`);
    const started = performance.now();
    const qemu = await startQemu(qemuCommand(description));
    let agent: AgentClient | undefined;
    let booted = false;
    try {
      agent = await connectAgent(qemu, description, volumes, options);
      booted = true;
      const machine = new VirtualMachine({
        agent,
        profile: options.profile,
        acceleratorChoice: runtime.acceleratorChoice,
        readyMs: Math.round(performance.now() - started),
        volumes,
        workingDirectory: image.workingDirectory,
        environment: image.environment,
        signal: options.signal,
      });
      const result = await body(machine);
      // A guest that does not answer any more is killed below.
      await agent.quit({ signal: AbortSignal.timeout(QUIT_TIMEOUT_MS) }).catch(() => {});
      return result;
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw await explainFailure(error, booted, qemu, description.consoleFile);
    } finally {
      agent?.close();
      await qemu.kill();
    }
  }, parent);
}

async function makeVolumes(guestPaths: readonly string[], directory: string): Promise<Volume[]> {
  const volumes: Volume[] = [];
  for (const [index, guestPath] of guestPaths.entries()) {
    const hostDirectory = join(directory, `volume-${index}`);
    await mkdir(hostDirectory);
    // Not left to the umask: the guest sees the mode of its volume's root.
    await chmod(hostDirectory, 0o755);
    volumes.push({ guestPath, hostDirectory });
  }
  return volumes;
}

function describeMachine(
  image: BootableImage,
  options: BootOptions,
  runtime: SystemRuntime,
  directory: string,
  volumes: readonly Volume[],
): MachineDescription & { agentSocket: string } {
  return {
    qemu: runtime.qemu,
    accelerator: runtime.acceleratorChoice.accelerator,
    memoryMib: options.memoryMib,
    cpus: options.cpus,
    kernel: runtime.kernel.image,
    initramfs: runtime.initramfs,
    kernelParameters: [`golem.profile=${options.profile}`],
    consoleFile: join(directory, "console"),
    agentSocket: join(directory, "agent"),
    // Absolute: QEMU takes what stands before a colon for a protocol.
    image: resolve(image.path),
    shares: volumes.map((volume) => volume.hostDirectory),
  };
}

/** The agent is ready when it has answered; the first requests are the mounts, as on a provider. */
async function connectAgent(
  qemu: QemuProcess,
  description: { agentSocket: string; consoleFile: string },
  volumes: readonly Volume[],
  options: BootOptions,
): Promise<AgentClient> {
  const ended = new AbortController();
  const onEnd = () => ended.abort(new VmError("The VM ended before its guest agent answered."));
  qemu.ended.then(onEnd);
  const signals = [ended.signal, ...(options.signal ? [options.signal] : [])];
  return withDeadline(
    options.bootTimeoutMs,
    AbortSignal.any(signals),
    () =>
      new DeadlineError(
        `The VM's guest agent did not answer within ${options.bootTimeoutMs / 1000} s.`,
        { hint: "Allow more time with vm.timeouts.boot; without KVM a boot takes 5 to 10 s." },
      ),
    async (signal) => {
      const agent = await AgentClient.connect(description.agentSocket, { signal });
      try {
        for (const [index, volume] of volumes.entries()) {
          await agent.mountVolume(mountTag(index), volume.guestPath, { signal });
        }
        if (volumes.length === 0) await agent.statistics({ signal });
        return agent;
      } catch (error) {
        agent.close();
        throw error;
      }
    },
  );
}

/**
 * When the guest has ended, its console knows why, and the error that the closed socket caused does not.
 */
async function explainFailure(
  error: unknown,
  booted: boolean,
  qemu: QemuProcess,
  consoleFile: string,
): Promise<unknown> {
  const console = await consoleTail(consoleFile);
  if (error instanceof DeadlineError && !booted) {
    return new DeadlineError(error.message, { hint: error.hint, details: console, cause: error });
  }
  if (!(error instanceof VmError) || error instanceof CommandStartError) return error;
  const exit = await endOf(qemu);
  const end = exit?.stderr.trim() ?? "";
  if (!booted && exit?.exitCode) {
    return new VmError("QEMU could not start the VM.", {
      hint: "Its own message is above. Check vm.memory, vm.cpus and vm.kernel, and what this machine has.",
      details: end,
      cause: error,
    });
  }
  const explanation = explainGuestEnd(await consoleTail(consoleFile, 200));
  if (explanation) {
    return new VmError(`The VM ended: ${explanation.reason}.`, {
      hint: explanation.hint,
      details: console,
      cause: error,
    });
  }
  if (!booted && exit) {
    return new VmError("The VM ended before its guest agent answered.", {
      hint: "With too little memory the guest's kernel does not even start: allow more with --memory, or vm.memory.",
      details: console,
      cause: error,
    });
  }
  return new VmError(error.message, {
    hint: error.hint,
    details: [end, console].filter(Boolean).join("\n") || error.details,
    cause: error,
  });
}

/** What QEMU said, when it has ended or does so within a second: the socket may close a little earlier. */
async function endOf(qemu: QemuProcess): Promise<QemuExit | undefined> {
  return Promise.race([qemu.ended, delay(1000, undefined, { ref: false })]);
}
