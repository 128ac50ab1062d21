import { readGvmi } from "../gvmi/read.ts";
import type { VmSettings } from "../settings/settings.ts";
import type { BootableImage, BootOptions } from "../vm/boot.ts";

/**
 * What the VM needs to know of a .gvmi.
 *
 * @throws {GvmiFormatError} when the file is not one
 */
export async function bootableImage(path: string): Promise<BootableImage> {
  const gvmi = await readGvmi(path);
  return {
    path,
    volumes: gvmi.volumes,
    workingDirectory: gvmi.workingDirectory,
    environment: gvmi.env,
  };
}

/** The settings' `vm:` as the VM takes it. */
export function bootOptions(vm: VmSettings): BootOptions {
  return {
    profile: vm.profile,
    memoryMib: vm.memory,
    cpus: vm.cpus,
    accelerator: vm.accelerator,
    kernel: vm.kernel,
    bootTimeoutMs: vm.timeouts.boot,
  };
}
