import type { Command } from "../../system/run-command.ts";

export type Accelerator = "kvm" | "tcg";

/** Everything that decides how QEMU is started. */
export interface MachineDescription {
  readonly qemu: string;
  readonly accelerator: Accelerator;
  readonly memoryMib: number;
  readonly cpus: number;
  readonly kernel: string;
  readonly initramfs: string;
  /** Words of the kernel command line, after those that every machine gets. */
  readonly kernelParameters: readonly string[];
  /** File that the serial console is written to; QEMU's stdout when absent. */
  readonly consoleFile?: string;
  /** Arguments that confine QEMU. */
  readonly sandboxArguments?: readonly string[];
  /** Where QEMU listens for the host's end of the guest agent's port; without it there is no port. */
  readonly agentSocket?: string;
  /** The image to boot; without it the machine has no drive. */
  readonly image?: string;
  /** Host directories shared over 9p; their mount tags are `mnt0`, `mnt1`, ... in this order. */
  readonly shares: readonly string[];
  /** Arguments for network devices. */
  readonly networkArguments?: readonly string[];
}

/** The tag under which the guest mounts the share with this index. */
export function mountTag(index: number): string {
  return `mnt${index}`;
}

/**
 * QEMU's command line: the devices that the provider's runtime gives a guest (ya-runtime-vm 0.5.2), and
 * nothing else.
 */
export function qemuCommand(machine: MachineDescription): Command {
  return {
    program: machine.qemu,
    args: [
      ...(machine.sandboxArguments ?? []),
      ...["-no-user-config", "-nodefaults", "-display", "none", "-no-reboot"],
      ...["-machine", `pc,accel=${machine.accelerator}`],
      ...["-cpu", machine.accelerator === "kvm" ? "host" : "max"],
      ...["-m", `${machine.memoryMib}M`, "-smp", String(machine.cpus)],
      ...["-kernel", machine.kernel, "-initrd", machine.initramfs],
      ...["-append", kernelCommandLine(machine)],
      ...["-chardev", consoleDevice(machine.consoleFile)],
      ...["-serial", "chardev:console"],
      ...["-device", "virtio-rng-pci"],
      ...agentPort(machine.agentSocket),
      ...drive(machine.image),
      ...machine.shares.flatMap(share),
      ...(machine.networkArguments ?? []),
    ],
  };
}

function kernelCommandLine(machine: MachineDescription): string {
  const common = ["console=ttyS0", "panic=1", "quiet", "hostname=golem"];
  const emulated = [...timerParameters(machine), ...interruptParameters(machine)];
  return [...common, ...emulated, ...machine.kernelParameters].join(" ");
}

/**
 * Under emulation the ACPI code that routes interrupts takes the kernel more than half a second, a bit for each device.
 * All of ours have message-signalled interrupts, which need no routing.
 */
function interruptParameters({ accelerator }: MachineDescription): string[] {
  return accelerator === "tcg" ? ["acpi=noirq"] : [];
}

/**
 * Under emulation on a busy machine the kernel may count too few ticks when it checks its timer, and panics
 * for that ("IO-APIC + timer doesn't work!"). Under KVM it knows to leave the check out.
 */
export function timerParameters({ accelerator }: MachineDescription): string[] {
  return accelerator === "tcg" ? ["no_timer_check"] : [];
}

export function consoleDevice(file: string | undefined): string {
  const id = "id=console";
  return file === undefined ? `stdio,${id},signal=off` : `file,${id},path=${optionValue(file)}`;
}

export function agentPort(socket: string | undefined): string[] {
  if (socket === undefined) return [];
  return [
    ...["-device", "virtio-serial"],
    ...["-chardev", `socket,path=${optionValue(socket)},server=on,wait=off,id=manager_cdev`],
    ...["-device", "virtserialport,chardev=manager_cdev,name=manager_port"],
  ];
}

export function drive(image: string | undefined): string[] {
  if (image === undefined) return [];
  const id = "rootfs-0";
  return [
    "-drive",
    `file=${optionValue(image)},cache=unsafe,readonly=on,format=raw,id=${id},if=none`,
    "-device",
    `virtio-blk-pci,drive=${id},serial=${id}`,
  ];
}

export function share(directory: string, index: number): string[] {
  const tag = mountTag(index);
  return [
    "-virtfs",
    `local,id=${tag},path=${optionValue(directory)},security_model=none,mount_tag=${tag}`,
  ];
}

/** In QEMU's option lists a comma separates, and two stand for one. */
function optionValue(text: string): string {
  return text.replaceAll(",", ",,");
}
