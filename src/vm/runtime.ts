import type { Kernel } from "./kernel/kernel.ts";
import type { AcceleratorChoice } from "./qemu/accelerator.ts";

/** What boots an image. */
export interface Runtime {
  /** `system`: the distribution's QEMU and kernel with our guest agent. */
  readonly name: "system" | "ya-runtime-vm";
  /** Path of QEMU. */
  readonly qemu: string;
  readonly kernel: Pick<Kernel, "image" | "release" | "origin">;
  readonly initramfs: string;
  readonly acceleratorChoice: AcceleratorChoice;
  /** Whose agent answers: the official one dies of requests that only ours has. */
  readonly agent: "ours" | "official";
}
