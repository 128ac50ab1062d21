import { asClause, MissingToolError } from "../errors.ts";
import { findProgram } from "../system/find-program.ts";
import { findKernelBelow, type UnusableKernel } from "../vm/kernel/directory-kernel.ts";
import { findDownloadedKernel } from "../vm/kernel/download-kernel.ts";
import { findKernel, type GivenKernel } from "../vm/kernel/find-kernel.ts";
import type { Kernel } from "../vm/kernel/kernel.ts";
import { ok, problem, type Verdict, warning } from "./check.ts";

/** A kernel, or why there is none. */
export type KernelOutcome =
  | { readonly kernel: Kernel }
  | { readonly unusable: readonly UnusableKernel[] }
  | { readonly refusal: MissingToolError };

/** The kernel that a VM would boot, as far as it is on this machine: nothing is downloaded. */
export async function findLocalKernel(given: GivenKernel | undefined): Promise<KernelOutcome> {
  try {
    if (given) return { kernel: await findKernel({ given }) };
  } catch (error) {
    if (error instanceof MissingToolError) return { refusal: error };
    throw error;
  }
  const { kernel: installed, unusable } = await findKernelBelow("/", "installed");
  const kernel = installed ?? (await findDownloadedKernel());
  return kernel ? { kernel } : { unusable };
}

/** Whether there is a kernel with all modules that the VM needs, 9p among them. */
export async function checkKernel(outcome: KernelOutcome): Promise<Verdict> {
  if ("kernel" in outcome) {
    const { release, origin } = outcome.kernel;
    return ok(`${release} (${origin}), with virtio, squashfs, overlay and 9p`);
  }
  if ("refusal" in outcome) {
    return problem(asClause(outcome.refusal), outcome.refusal.hint ?? "");
  }
  const reasons = outcome.unusable.map(({ image, reason }) => `${image}: ${reason}`);
  const detail =
    reasons.length === 0 ? "none is installed" : `none is usable (${reasons.join("; ")})`;
  const canDownload = (await findProgram("apt-cache")) && (await findProgram("dpkg-deb"));
  return canDownload
    ? warning(
        `${detail}; the first test downloads one`,
        "Run `golem-image prepare` to download it now; nothing is installed, and root is not needed.",
      )
    : problem(
        `${detail}, and there is no apt to download one`,
        "Name one with vm.kernel in golem-image.yml; it needs virtio, squashfs, overlay and 9p.",
      );
}
