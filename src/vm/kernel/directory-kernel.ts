import { constants } from "node:fs";
import { access, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Kernel } from "./kernel.ts";
import { readModuleIndex } from "./module-index.ts";
import { planModules } from "./required-modules.ts";

/** Why a kernel that is there cannot be used. */
export interface UnusableKernel {
  readonly image: string;
  readonly reason: string;
}

export interface KernelSearch {
  readonly kernel?: Kernel;
  readonly unusable: readonly UnusableKernel[];
}

/**
 * Looks for a usable kernel below `root`, where an installed system, or unpacked packages, have
 * `boot/vmlinuz-<release>` and `lib/modules/<release>`. Of several the newest is taken.
 */
export async function findKernelBelow(
  root: string,
  origin: Kernel["origin"],
): Promise<KernelSearch> {
  const unusable: UnusableKernel[] = [];
  for (const release of await kernelReleases(root)) {
    const image = join(root, "boot", `vmlinuz-${release}`);
    const outcome = await kernelFrom(image, await modulesDirectory(root, release), release, origin);
    if ("moduleFiles" in outcome) return { kernel: outcome, unusable };
    unusable.push(outcome);
  }
  return { unusable };
}

/** One kernel image with its module directory, checked for all that the VM needs. */
export async function kernelFrom(
  image: string,
  modules: string,
  release: string,
  origin: Kernel["origin"],
): Promise<Kernel | UnusableKernel> {
  try {
    await access(image, constants.R_OK);
  } catch {
    return { image, reason: "its image is not readable by this user" };
  }
  try {
    const plan = await planModules(await readModuleIndex(modules));
    if (plan.missing.length > 0) {
      return { image, reason: `it has no module ${plan.missing.join(", ")}` };
    }
    return { release, image, moduleFiles: plan.files, origin };
  } catch (error) {
    return { image, reason: `its modules cannot be read: ${(error as Error).message}` };
  }
}

async function kernelReleases(root: string): Promise<string[]> {
  const names = await readdir(join(root, "boot")).catch(() => []);
  return names
    .filter((name) => name.startsWith("vmlinuz-"))
    .map((name) => name.slice("vmlinuz-".length))
    .sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
}

/** Packages of a system with merged /usr may carry the modules below `usr/lib`. */
async function modulesDirectory(root: string, release: string): Promise<string> {
  const merged = join(root, "usr/lib/modules", release);
  const plain = join(root, "lib/modules", release);
  return access(plain).then(
    () => plain,
    () => merged,
  );
}
