import { MissingToolError } from "../errors.ts";
import { findProgram } from "../system/find-program.ts";
import { makeInitramfs } from "./initramfs/initramfs.ts";
import { findKernel, type GivenKernel } from "./kernel/find-kernel.ts";
import type { Kernel } from "./kernel/kernel.ts";
import { type AcceleratorChoice, chooseAccelerator } from "./qemu/accelerator.ts";
import type { Accelerator } from "./qemu/command-line.ts";

/** What the `system` runtime boots an image with: the distribution's QEMU and kernel, and our guest agent. */
export interface SystemRuntime {
  readonly qemu: string;
  readonly kernel: Kernel;
  readonly initramfs: string;
  readonly acceleratorChoice: AcceleratorChoice;
}

export interface SystemRuntimeOptions {
  accelerator?: Accelerator | "auto";
  kernel?: GivenKernel;
  signal?: AbortSignal;
  onProgress?: (text: string) => void;
}

const QEMU = "qemu-system-x86_64";

/** @throws {MissingToolError} */
async function findQemu(): Promise<string> {
  const path = await findProgram(QEMU);
  if (path !== undefined) return path;
  throw new MissingToolError(`Cannot start QEMU: ${QEMU} is not installed.`, {
    hint: "Install it (Debian and Ubuntu: `sudo apt-get install qemu-system-x86`).",
  });
}

/**
 * Finds, or makes and keeps for the next time, all that a VM needs.
 *
 * @throws {MissingToolError} when QEMU, a kernel with 9p, or a demanded KVM is not to be had
 */
export async function prepareSystemRuntime(
  options: SystemRuntimeOptions = {},
): Promise<SystemRuntime> {
  const { signal, onProgress } = options;
  const qemu = await findQemu();
  const kernel = await findKernel({ given: options.kernel, signal, onProgress });
  const initramfs = await makeInitramfs(kernel.moduleFiles);
  onProgress?.("choosing an accelerator");
  const acceleratorChoice = await chooseAccelerator(options.accelerator ?? "auto", {
    qemu,
    kernel: kernel.image,
    initramfs,
    signal,
  });
  return { qemu, kernel, initramfs, acceleratorChoice };
}
