import { MissingToolError } from "../../errors.ts";
import { findKernelBelow, kernelFrom } from "./directory-kernel.ts";
import { type DownloadOptions, downloadKernel, findDownloadedKernel } from "./download-kernel.ts";
import type { Kernel } from "./kernel.ts";

/** A kernel that the person names: its image and its module directory. */
export interface GivenKernel {
  readonly image: string;
  readonly modules: string;
}

export interface FindKernelOptions extends DownloadOptions {
  given?: GivenKernel;
}

/**
 * The kernel to boot: the one given, else one that is installed here and has what the VM needs, else one
 * downloaded before, else the distribution's, downloaded now.
 *
 * @throws {MissingToolError} when there is none, naming what each candidate lacks
 */
export async function findKernel(options: FindKernelOptions = {}): Promise<Kernel> {
  if (options.given) {
    const { image, modules } = options.given;
    const kernel = await kernelFrom(image, modules, image, "given");
    if ("moduleFiles" in kernel) return kernel;
    throw new MissingToolError(`The kernel ${image} cannot run a Golem VM: ${kernel.reason}.`, {
      hint: `Check vm.kernel: \`modules\` (${modules}) must be that kernel's /lib/modules/<release>.`,
    });
  }
  const installed = await findKernelBelow("/", "installed");
  return installed.kernel ?? (await findDownloadedKernel()) ?? (await downloadKernel(options));
}
