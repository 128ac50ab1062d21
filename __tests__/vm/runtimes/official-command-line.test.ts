import { officialCommand } from "../../../src/vm/runtimes/official-command-line.ts";

const machine = {
  qemu: "/bundle/runtime/vmrt",
  accelerator: "kvm",
  memoryMib: 256,
  cpus: 2,
  kernel: "/bundle/runtime/vmlinuz-virt",
  initramfs: "/bundle/runtime/initramfs.cpio.gz",
  kernelParameters: [],
  agentSocket: "/tmp/gi-x/agent",
  image: "/images/a,b.gvmi",
  shares: ["/tmp/gi-x/0", "/tmp/gi-x/1"],
} as const;

test("vmrt is started as the official runtime starts it", () => {
  expect(officialCommand(machine, "/bundle/runtime")).toEqual({
    program: "/bundle/runtime/vmrt",
    directory: "/bundle/runtime",
    args: [
      ...["-nographic", "-no-reboot", "-m", "256M"],
      ...["-kernel", "/bundle/runtime/vmlinuz-virt"],
      ...["-initrd", "/bundle/runtime/initramfs.cpio.gz"],
      ...["-enable-kvm", "-cpu", "host,-sgx", "-smp", "2"],
      ...["-device", "virtio-rng-pci", "-device", "virtio-serial"],
      ...["-chardev", "socket,path=/tmp/gi-x/agent,server=on,wait=off,id=manager_cdev"],
      ...["-device", "virtserialport,chardev=manager_cdev,name=manager_port"],
      "-drive",
      "file=/images/a,,b.gvmi,cache=unsafe,readonly=on,format=raw,id=rootfs-0,if=none",
      ...["-device", "virtio-blk-pci,drive=rootfs-0,serial=rootfs-0", "-vga", "none"],
      ...["-append", "console=ttyS0 panic=1 hostname=golem"],
      ...["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
      ...["-monitor", "none"],
      ...["-virtfs", "local,id=mnt0,path=/tmp/gi-x/0,security_model=none,mount_tag=mnt0"],
      ...["-virtfs", "local,id=mnt1,path=/tmp/gi-x/1,security_model=none,mount_tag=mnt1"],
      ...["-nic", "none"],
    ],
  });
});

test("another QEMU emulates, and a network takes the place of none", () => {
  const { args } = officialCommand(
    { ...machine, accelerator: "tcg", networkArguments: ["-netdev", "socket,id=vpn"] },
    "/bundle/runtime",
  );
  expect(args).toEqual(expect.arrayContaining(["-accel", "tcg", "-cpu", "max"]));
  expect(args).not.toContain("-enable-kvm");
  expect(args.slice(-2)).toEqual(["-netdev", "socket,id=vpn"]);
});
