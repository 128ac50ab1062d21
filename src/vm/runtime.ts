import type { Command } from "../system/run-command.ts";
import type { Kernel } from "./kernel/kernel.ts";
import type { Profile } from "./profiles.ts";
import type { AcceleratorChoice } from "./qemu/accelerator.ts";
import type { MachineDescription } from "./qemu/command-line.ts";
import type { RuntimeName } from "./runtimes/request.ts";

/** What boots an image. */
export interface Runtime {
  /** `system`: the distribution's QEMU and kernel with our guest agent. */
  readonly name: RuntimeName;
  /** The official release's tag, or the kernel's release under `system`; `unknown` when nothing tells it. */
  readonly version: string;
  /** Why this one was chosen, as the end of a sentence. */
  readonly reason: string;
  /** Whose behaviour it has; the official runtime's is decided by its version. */
  readonly profile: Profile;
  /** Path of QEMU. */
  readonly qemu: string;
  readonly kernel: Pick<Kernel, "image"> &
    Partial<Pick<Kernel, "uncompressed" | "release" | "origin">>;
  readonly initramfs: string;
  /** Words of the kernel command line that this runtime's init takes. */
  readonly kernelParameters: readonly string[];
  readonly acceleratorChoice: AcceleratorChoice;
  /** Whose agent answers: the official one dies of requests that only ours has. */
  readonly agent: "ours" | "official";
  /** How its QEMU is started. */
  command(machine: MachineDescription): Command;
}

/** What results say of the runtime. */
export type RuntimeSummary = Pick<Runtime, "name" | "version" | "reason">;

export function summarizeRuntime({ name, version, reason }: RuntimeSummary): RuntimeSummary {
  return { name, version, reason };
}

/** `runtime ya-runtime-vm v0.5.2: KVM works, and the bundle is cached` */
export function describeRuntime({ name, version, reason }: RuntimeSummary): string {
  const what = name === "system" ? `system (kernel ${version})` : `${name} ${version}`;
  return `runtime ${what}: ${reason}`;
}
