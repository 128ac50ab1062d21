import { resolve } from "node:path";
import type { Command } from "../../system/run-command.ts";
import {
  agentPort,
  consoleDevice,
  drive,
  type MachineDescription,
  share,
  timerParameters,
} from "../qemu/command-line.ts";

/**
 * The command line by which the official runtime starts its `vmrt` (ya-runtime-vm 0.5.2), in its order. What
 * differs: there is no monitor, the console goes where the description says, and the default network
 * device, which `vmrt` does not have, is left out for the QEMU of a distribution, which does.
 *
 * @param directory the bundle's `runtime` directory, where `vmrt` finds its firmware
 */
export function officialCommand(machine: MachineDescription, directory: string): Command {
  const isKvm = machine.accelerator === "kvm";
  const network = machine.networkArguments ?? [];
  return {
    program: machine.qemu,
    directory,
    args: [
      ...(machine.sandboxArguments ?? []),
      ...["-nographic", "-no-reboot"],
      ...["-m", `${machine.memoryMib}M`],
      ...["-kernel", resolve(machine.kernel), "-initrd", resolve(machine.initramfs)],
      ...(isKvm ? ["-enable-kvm", "-cpu", "host,-sgx"] : ["-accel", "tcg", "-cpu", "max"]),
      ...["-smp", String(machine.cpus)],
      ...["-device", "virtio-rng-pci"],
      ...agentPort(machine.agentSocket && resolve(machine.agentSocket)),
      ...drive(machine.image && resolve(machine.image)),
      ...["-vga", "none"],
      ...[
        "-append",
        [
          "console=ttyS0 panic=1 hostname=golem",
          ...timerParameters(machine),
          ...machine.kernelParameters,
        ].join(" "),
      ],
      ...["-chardev", consoleDevice(machine.consoleFile && resolve(machine.consoleFile))],
      ...["-serial", "chardev:console", "-monitor", "none"],
      ...machine.shares.flatMap((path, index) => share(resolve(path), index)),
      ...(network.length === 0 ? ["-nic", "none"] : network),
    ],
  };
}
