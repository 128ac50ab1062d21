import { qemuCommand } from "../../../src/vm/qemu/command-line.ts";

const machine = {
  qemu: "qemu-system-x86_64",
  accelerator: "tcg",
  memoryMib: 256,
  cpus: 1,
  kernel: "/k/vmlinuz",
  initramfs: "/k/initramfs.cpio",
  kernelParameters: ["golem.profile=v0.4"],
  consoleFile: "/t/console",
  agentSocket: "/t/agent",
  image: "/images/hello, world.gvmi",
  shares: ["/t/volume-0", "/t/volume-1"],
} as const;

test("the guest gets the devices that the provider's runtime gives it", () => {
  expect(qemuCommand(machine)).toEqual({
    program: "qemu-system-x86_64",
    args: [
      ...["-no-user-config", "-nodefaults", "-display", "none", "-no-reboot"],
      ...["-machine", "pc,accel=tcg", "-cpu", "max", "-m", "256M", "-smp", "1"],
      ...["-kernel", "/k/vmlinuz", "-initrd", "/k/initramfs.cpio"],
      "-append",
      "console=ttyS0 panic=1 quiet hostname=golem no_timer_check acpi=noirq golem.profile=v0.4",
      ...["-chardev", "file,id=console,path=/t/console", "-serial", "chardev:console"],
      ...["-device", "virtio-rng-pci"],
      ...["-device", "virtio-serial"],
      ...["-chardev", "socket,path=/t/agent,server=on,wait=off,id=manager_cdev"],
      ...["-device", "virtserialport,chardev=manager_cdev,name=manager_port"],
      "-drive",
      "file=/images/hello,, world.gvmi,cache=unsafe,readonly=on,format=raw,id=rootfs-0,if=none",
      ...["-device", "virtio-blk-pci,drive=rootfs-0,serial=rootfs-0"],
      "-virtfs",
      "local,id=mnt0,path=/t/volume-0,security_model=none,mount_tag=mnt0",
      "-virtfs",
      "local,id=mnt1,path=/t/volume-1,security_model=none,mount_tag=mnt1",
    ],
  });
});

test("under KVM the guest sees the host's processor", () => {
  const { args } = qemuCommand({ ...machine, accelerator: "kvm" });
  expect(args.slice(args.indexOf("-machine"), args.indexOf("-m"))).toEqual([
    ...["-machine", "pc,accel=kvm", "-cpu", "host"],
  ]);
});

test("a machine without image and agent, for the probe of KVM, has no drive, port or share", () => {
  const { args } = qemuCommand({
    ...machine,
    image: undefined,
    agentSocket: undefined,
    shares: [],
  });
  expect(args.filter((arg) => /virtio-blk|virtserial|virtfs|^file=/.test(arg))).toEqual([]);
});

test("without a file for it, the console goes to QEMU's stdout", () => {
  const { args } = qemuCommand({ ...machine, consoleFile: undefined });
  expect(args).toContain("stdio,id=console,signal=off");
});

test("what confines QEMU comes before everything else", () => {
  const sandboxArguments = ["-sandbox", "on"];
  expect(qemuCommand({ ...machine, sandboxArguments }).args.slice(0, 2)).toEqual(sandboxArguments);
});
