import { MissingToolError } from "../errors.ts";
import { findProgram } from "../system/find-program.ts";
import { makeInitramfs } from "./initramfs/initramfs.ts";
import { findKernel, type GivenKernel } from "./kernel/find-kernel.ts";
import type { Kernel } from "./kernel/kernel.ts";
import { uncompressedKernel } from "./kernel/uncompressed-kernel.ts";
import type { Profile } from "./profiles.ts";
import { type AcceleratorChoice, chooseAccelerator } from "./qemu/accelerator.ts";
import { type Accelerator, qemuCommand } from "./qemu/command-line.ts";
import type { Runtime } from "./runtime.ts";

export interface SystemRuntimeOptions {
  /** `documented` by default. */
  profile?: Profile | undefined;
  accelerator?: Accelerator | "auto";
  kernel?: GivenKernel;
  signal?: AbortSignal;
  onProgress?: (text: string) => void;
  /** Decides about KVM; another one in tests. */
  chooseAccelerator?: typeof chooseAccelerator;
}

export interface SystemRuntime extends Runtime {
  readonly kernel: Kernel;
}

const QEMU = "qemu-system-x86_64";

/** @throws {MissingToolError} */
export async function findQemu(): Promise<string> {
  const path = await findProgram(QEMU);
  if (path !== undefined) return path;
  throw new MissingToolError(`Cannot start QEMU: ${QEMU} is not installed.`, {
    hint: "Install it (Debian and Ubuntu: `sudo apt-get install qemu-system-x86`).",
  });
}

/**
 * Finds, or makes and keeps for the next time, all that a VM needs.
 *
 * @param reason why this runtime, as the end of a sentence
 * @throws {MissingToolError} when QEMU, a kernel with 9p, or a demanded KVM is not to be had
 */
export async function prepareSystemRuntime(
  options: SystemRuntimeOptions = {},
  reason = "as asked for",
): Promise<SystemRuntime> {
  const { signal, onProgress, profile = "documented" } = options;
  const qemu = await findQemu();
  const kernel = await findKernel({ given: options.kernel, signal, onProgress });
  const initramfs = await makeInitramfs(kernel.moduleFiles);
  onProgress?.("choosing an accelerator");
  const choose = options.chooseAccelerator ?? chooseAccelerator;
  const acceleratorChoice = await choose(options.accelerator ?? "auto", {
    qemu,
    kernel: kernel.image,
    initramfs,
    signal,
  });
  const uncompressed = await forEmulation(kernel, acceleratorChoice, options);
  return {
    name: "system",
    version: kernel.release,
    reason,
    profile,
    qemu,
    kernel: { ...kernel, ...(uncompressed !== undefined && { uncompressed }) },
    initramfs,
    kernelParameters: [`golem.profile=${profile}`],
    acceleratorChoice,
    agent: "ours",
    command: qemuCommand,
  };
}

/** Under KVM the kernel decompresses itself in no time, by the path that all hosts know. */
async function forEmulation(
  kernel: Kernel,
  { accelerator }: AcceleratorChoice,
  options: SystemRuntimeOptions,
): Promise<string | undefined> {
  return accelerator === "tcg" ? await uncompressedKernel(kernel.image, options) : undefined;
}
