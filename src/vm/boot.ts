import { join, resolve } from "node:path";
import type { AgentClient } from "./agent/client.ts";
import { BootClock } from "./boot-phases.ts";
import { connectAgent } from "./connect-agent.ts";
import { ConsoleLog } from "./console-log.ts";
import { explainFailure } from "./explain-failure.ts";
import { assertProvidersCanRead } from "./image/compression.ts";
import { withMachineDirectory } from "./machine-directory.ts";
import type { NetworkAttachment } from "./network/attachment.ts";
import type { NetworkRequest } from "./network/request.ts";
import { needsUserNetworking, withNetwork } from "./network/with-network.ts";
import type { MachineDescription } from "./qemu/command-line.ts";
import { startQemu } from "./qemu/process.ts";
import { sandboxArguments } from "./qemu/sandbox.ts";
import { describeRuntime, type Runtime } from "./runtime.ts";
import { chooseRuntime, type RuntimeOptions } from "./runtimes/choose-runtime.ts";
import { type VolumeStorage, withVolumeStorage } from "./storage/volume-storage.ts";
import { VirtualMachine } from "./virtual-machine.ts";
import type { Volume } from "./volume-files.ts";
import { makeVolumes } from "./volumes.ts";

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

export interface BootOptions extends RuntimeOptions {
  /** A runtime that was chosen before, for several VMs that are to have the same. */
  chosenRuntime?: Runtime;
  memoryMib: number;
  cpus: number;
  /** What each volume may hold, in MiB; no limit when absent. */
  storageMib?: number;
  /** Milliseconds from QEMU's start until the guest agent has answered. */
  bootTimeoutMs: number;
  /** `none` by default; a place in a network that outlives this VM can be given, too. */
  network?: NetworkRequest | NetworkAttachment;
  /** Takes one line that says which runtime was chosen, and why. */
  onRuntime?: (description: string) => void;
  /** Whether an image is booted that providers cannot read. */
  allowUnreadable?: boolean;
  /** Where the VM's console is kept; of a run that fails it is kept in the cache without that. */
  consoleFile?: string;
}

/** A guest powers off within a fraction of this. */
const QUIT_TIMEOUT_MS = 2_000;

/**
 * Boots an image, mounts its volumes, and hands the running VM to `body`. When that ends, or anything
 * fails, QEMU is ended and everything that it left, the volumes' contents included, is removed.
 *
 * @throws {UsageError} when the runtime that is asked for cannot be as it is asked for
 * @throws {MissingToolError} without QEMU, a kernel, or the runtime that is asked for
 * @throws {GvmiFormatError} when the image is no squashfs
 * @throws {VmError} when providers cannot read the image, or the guest ends by itself: the message has the
 * reason, details the console's last lines
 * @throws {DeadlineError} when the guest agent has not answered in time
 */
export async function withVirtualMachine<T>(
  image: BootableImage,
  options: BootOptions,
  body: (machine: VirtualMachine) => Promise<T>,
): Promise<T> {
  if (!options.allowUnreadable) await assertProvidersCanRead(image.path);
  const runtime = options.chosenRuntime ?? (await prepareRuntime(options));
  options.onRuntime?.(describeRuntime(runtime));
  return withMachineDirectory(async (directory) => {
    const directories = await makeVolumes(image.volumes, directory);
    const limit = { limitMib: options.storageMib, signal: options.signal };
    return withVolumeStorage(directories, limit, (storage) =>
      withNetwork(options.network, options, (network) =>
        bootWith({ image, options, runtime, directory, storage, network }, body),
      ),
    );
  });
}

/** What a VM is made of. */
interface MachineParts {
  readonly image: BootableImage;
  readonly options: BootOptions;
  readonly runtime: Runtime;
  /** For its sockets and console. */
  readonly directory: string;
  readonly storage: VolumeStorage;
  readonly network: NetworkAttachment | undefined;
}

async function bootWith<T>(
  { image, options, runtime, directory, storage, network }: MachineParts,
  body: (machine: VirtualMachine) => Promise<T>,
): Promise<T> {
  const { volumes } = storage;
  const description = describeMachine(image, options, runtime, directory, volumes);
  options.onProgress?.(`booting under ${description.accelerator.toUpperCase()}`);
  const command = runtime.command({
    ...description,
    sandboxArguments: await sandboxArguments(runtime.qemu),
    networkArguments: (await network?.qemuArguments(runtime.qemu)) ?? [],
  });
  const console = await ConsoleLog.open(options.consoleFile ?? join(directory, "console"));
  const clock = new BootClock();
  const qemu = await startQemu(command, { onConsole: (chunk) => console.append(chunk) });
  let agent: AgentClient | undefined;
  try {
    agent = await connectAgent(qemu, { ...description, ...options, volumes, network, clock });
    const machine = new VirtualMachine({
      agent,
      runtime,
      readyMs: Math.round(performance.now() - clock.startedAt),
      bootPhases: clock.phases,
      storage,
      pid: qemu.pid,
      image: image.path,
      workingDirectory: image.workingDirectory,
      environment: image.environment,
      signal: options.signal,
      consoleTail: () => console.tail(),
    });
    const result = await body(machine);
    // A guest that does not answer any more is killed below.
    await agent.quit({ signal: AbortSignal.timeout(QUIT_TIMEOUT_MS) }).catch(() => {});
    return result;
  } catch (error) {
    const cause = options.signal?.aborted ? options.signal.reason : error;
    const isConsoleKept = options.consoleFile !== undefined;
    throw await explainFailure(cause, { qemu, console, isConsoleKept, agent, image: image.path });
  } finally {
    agent?.close();
    await qemu.kill();
    console.close();
  }
}

/**
 * Chooses what boots an image with these options, which is done by `withVirtualMachine` otherwise.
 *
 * @throws {UsageError} when the runtime that is asked for cannot be as it is asked for
 * @throws {MissingToolError} without QEMU, a kernel, or the runtime that is asked for
 */
export async function prepareRuntime(options: BootOptions): Promise<Runtime> {
  const needsDistributionQemu = needsUserNetworking(options.network);
  return chooseRuntime({ ...options, needsDistributionQemu });
}

function describeMachine(
  image: BootableImage,
  options: BootOptions,
  runtime: Runtime,
  directory: string,
  volumes: readonly Volume[],
): MachineDescription & { agentSocket: string } {
  return {
    qemu: runtime.qemu,
    accelerator: runtime.acceleratorChoice.accelerator,
    memoryMib: options.memoryMib,
    cpus: options.cpus,
    kernel: kernelFor(runtime, options.memoryMib),
    initramfs: runtime.initramfs,
    kernelParameters: runtime.kernelParameters,
    agentSocket: join(directory, "agent"),
    // Absolute: QEMU takes what stands before a colon for a protocol.
    image: resolve(image.path),
    shares: volumes.map((volume) => volume.hostDirectory),
  };
}

/** An uncompressed kernel goes to fixed addresses, and with less memory QEMU would start a guest that says nothing. */
const UNCOMPRESSED_MEMORY_MIB = 128;

function kernelFor({ kernel }: Runtime, memoryMib: number): string {
  const { image, uncompressed } = kernel;
  return uncompressed !== undefined && memoryMib >= UNCOMPRESSED_MEMORY_MIB ? uncompressed : image;
}
