import { createHash } from "node:crypto";
import { cp, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import * as v from "valibot";
import { MissingToolError } from "../../errors.ts";
import { cacheDirectory } from "../../system/cache-directory.ts";
import { findProgram } from "../../system/find-program.ts";
import { makeDirectories } from "../../system/make-directories.ts";
import { type Command, runCommand } from "../../system/run-command.ts";
import { withTemporaryDirectory } from "../../system/temporary.ts";
import { findKernelBelow, type KernelSearch } from "./directory-kernel.ts";
import type { Kernel } from "./kernel.ts";
import {
  KERNEL_META_PACKAGES,
  kernelPackagesAmong,
  type PackageMetadata,
  parsePackageMetadata,
} from "./package-metadata.ts";

export interface DownloadOptions {
  signal?: AbortSignal;
  onProgress?: (text: string) => void;
}

/** Beside a kept kernel: the SHA-256 of each of its files, by path. */
const DIGESTS = "digests.json";

const MAX_MOVES = 5;

/** Where downloaded kernels are kept, each below its own root directory. */
function kernelsDirectory(): string {
  return join(cacheDirectory(), "kernels");
}

/** A kernel that an earlier run downloaded, if any. */
export async function findDownloadedKernel(): Promise<Kernel | undefined> {
  const names = await readdir(kernelsDirectory()).catch(() => [] as string[]);
  const newestFirst = names.sort((a, b) => b.localeCompare(a, "en", { numeric: true }));
  for (const name of newestFirst) {
    const root = join(kernelsDirectory(), name);
    if (!(await isAsKept(root))) continue;
    const { kernel } = await findKernelBelow(root, "downloaded");
    if (kernel) return kernel;
  }
  return undefined;
}

/**
 * Downloads the distribution's kernel packages with apt and keeps the image and the modules that the VM
 * needs; nothing is installed, and no root is needed.
 *
 * @throws {MissingToolError} without apt, without package lists, or when the packages lack a module
 */
export async function downloadKernel(options: DownloadOptions = {}): Promise<Kernel> {
  const packages = await findKernelPackages(options.signal);
  const cacheKey = packages.map(({ name, version }) => `${name}_${version}`).join("+");
  await makeDirectories(kernelsDirectory());
  return withTemporaryDirectory(async (directory) => {
    const unpacked = join(directory, "unpacked");
    for (const { name } of packages) {
      options.onProgress?.(`downloading ${name}`);
      await runOrFail(downloadCommand(name, directory), options.signal);
    }
    for (const file of await readdir(directory)) {
      if (!file.endsWith(".deb")) continue;
      options.onProgress?.(`unpacking ${file}`);
      await runOrFail(unpackCommand(join(directory, file), unpacked), options.signal);
    }
    const search = await findKernelBelow(unpacked, "downloaded");
    if (!search.kernel) throw noKernelInPackages(packages, search);
    await keepKernel(search.kernel, unpacked, join(directory, "kept"));
    const destination = join(kernelsDirectory(), cacheKey.replaceAll(/[^\w.+~-]/g, "_"));
    return moveIntoPlace(join(directory, "kept"), destination);
  }, kernelsDirectory());
}

export function downloadCommand(packageName: string, directory: string): Command {
  // Without the option apt, run as root, warns that its own user cannot write to a private directory.
  return {
    program: "apt-get",
    args: ["download", "--quiet", "--option", "APT::Sandbox::User=root", packageName],
    directory,
  };
}

export function unpackCommand(packageFile: string, directory: string): Command {
  return { program: "dpkg-deb", args: ["--extract", packageFile, directory] };
}

/** The packages of the preferred kernel: its image and, where they are apart, its modules. */
async function findKernelPackages(signal?: AbortSignal): Promise<PackageMetadata[]> {
  if ((await findProgram("apt-cache")) === undefined) {
    throw new MissingToolError(
      "No kernel for the VM is installed here, and there is no apt to download one.",
      {
        hint: "Name one with vm.kernel in golem-image.yml; it needs virtio, squashfs, overlay and 9p.",
      },
    );
  }
  for (const metaPackage of KERNEL_META_PACKAGES) {
    const packages = await closureOf(metaPackage, signal);
    if (packages.some(({ name }) => name.startsWith("linux-image-"))) return packages;
  }
  throw new MissingToolError(
    `No kernel package is known to apt (looked for ${KERNEL_META_PACKAGES.join(", ")}).`,
    { hint: "Run `sudo apt-get update`, or name a kernel with vm.kernel in golem-image.yml." },
  );
}

async function closureOf(metaPackage: string, signal?: AbortSignal): Promise<PackageMetadata[]> {
  const found = new Map<string, PackageMetadata>();
  let wanted = kernelPackagesAmong((await showPackage(metaPackage, signal))?.dependencies ?? []);
  while (wanted.length > 0) {
    const next: string[] = [];
    for (const name of wanted) {
      const metadata = found.has(name) ? undefined : await showPackage(name, signal);
      if (!metadata) continue;
      found.set(name, metadata);
      next.push(...kernelPackagesAmong(metadata.dependencies));
    }
    wanted = next;
  }
  return [...found.values()];
}

async function showPackage(
  name: string,
  signal?: AbortSignal,
): Promise<PackageMetadata | undefined> {
  const { stdout } = await runCommand(
    { program: "apt-cache", args: ["show", "--no-all-versions", name] },
    { signal },
  );
  return parsePackageMetadata(stdout).find((metadata) => metadata.name === name);
}

/** Copies only what the VM uses: an unpacked kernel package takes 400 MB, its used part 10 MB. */
async function keepKernel(kernel: Kernel, from: string, to: string): Promise<void> {
  const moduleRoot = kernel.moduleFiles[0]?.split(`/${kernel.release}/`)[0] ?? "";
  const metadata = join(moduleRoot, kernel.release, "modules.builtin");
  const digests: Record<string, string> = {};
  for (const file of [kernel.image, metadata, ...kernel.moduleFiles]) {
    const path = relative(from, file);
    await makeDirectories(dirname(join(to, path)));
    await cp(file, join(to, path));
    digests[path] = await digestOf(file);
  }
  await writeFile(join(to, DIGESTS), JSON.stringify(digests));
}

/** Whether a kept kernel is still what was kept: a damaged one would fail in ways that nobody understands. */
async function isAsKept(root: string): Promise<boolean> {
  try {
    const text = await readFile(join(root, DIGESTS), "utf8");
    const digests = v.parse(v.record(v.string(), v.string()), JSON.parse(text));
    for (const [path, digest] of Object.entries(digests)) {
      if ((await digestOf(join(root, path))) !== digest) return false;
    }
    return true;
  } catch {
    // Half a kernel, or none: it is downloaded again.
    return false;
  }
}

async function digestOf(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}

/** Several runs may download at once: the first to finish wins, and a damaged earlier copy is put out of the way. */
async function moveIntoPlace(kept: string, destination: string): Promise<Kernel> {
  for (let tries = 1; !(await isAsKept(destination)); tries++) {
    try {
      await rename(kept, destination);
    } catch (error) {
      const isTaken = ["ENOTEMPTY", "EEXIST"].includes((error as NodeJS.ErrnoException).code ?? "");
      if (!isTaken || tries === MAX_MOVES) throw error;
      // Another run may do the same at this moment; what is whole is found so by the next look.
      if (await isAsKept(destination)) break;
      await rename(destination, `${kept}-damaged-${tries}`).catch(() => {});
    }
  }
  const { kernel } = await findKernelBelow(destination, "downloaded");
  if (kernel) return kernel;
  throw new MissingToolError(`The kernel that was just saved in ${destination} cannot be used.`, {
    hint: "Check that the disk has free space, remove that directory and try again.",
  });
}

async function runOrFail(command: Command, signal?: AbortSignal): Promise<void> {
  const result = await runCommand(command, { signal });
  if (result.exitCode === 0) return;
  throw new MissingToolError(
    `Cannot get a kernel: ${command.program} ${command.args[0]} failed (exit code ${result.exitCode}).`,
    {
      hint: "Run `sudo apt-get update` and try again, or name a kernel with vm.kernel in golem-image.yml.",
      details: (result.stderr || result.stdout).trim().split("\n").slice(-10).join("\n"),
    },
  );
}

function noKernelInPackages(packages: PackageMetadata[], search: KernelSearch): MissingToolError {
  const reasons = search.unusable.map(({ image, reason }) => `${image}: ${reason}`);
  return new MissingToolError(
    `The kernel packages ${packages.map(({ name }) => name).join(", ")} hold no kernel that can run a Golem VM.`,
    {
      hint: "Name a kernel with vm.kernel in golem-image.yml; it needs virtio, squashfs, overlay and 9p.",
      details: reasons.join("\n"),
    },
  );
}
