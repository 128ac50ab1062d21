import { type Gvmi, readGvmi } from "../gvmi/read.ts";
import type { VmSettings } from "../settings/settings.ts";
import type { BootableImage, BootOptions } from "../vm/boot.ts";

/**
 * What the VM needs to know of the .gvmi at a path.
 *
 * @throws {GvmiFormatError} when the file is not one
 */
export async function readBootableImage(path: string): Promise<BootableImage> {
  return bootableImage(await readGvmi(path));
}

export function bootableImage(gvmi: Gvmi): BootableImage {
  return {
    path: gvmi.path,
    volumes: gvmi.volumes,
    workingDirectory: gvmi.workingDirectory,
    environment: gvmi.env,
  };
}

/** The settings' `vm:` as the VM takes it. */
export function bootOptions(vm: VmSettings): BootOptions {
  return {
    runtime: vm.runtime,
    profile: vm.profile,
    memoryMib: vm.memory,
    cpus: vm.cpus,
    storageMib: vm.storage,
    network: vm.network,
    accelerator: vm.accelerator,
    kernel: vm.kernel,
    bootTimeoutMs: vm.timeouts.boot,
    consoleFile: vm.console,
    allowUnreadable: vm.allowUnreadable,
  };
}
