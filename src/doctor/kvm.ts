import { constants } from "node:fs";
import { access, readFile, stat } from "node:fs/promises";
import { KVM_DEVICE, kvmProblem, type ProbeOptions } from "../vm/qemu/accelerator.ts";
import { ok, type Verdict, warning } from "./check.ts";

/** Milliseconds that a guest gets to show that KVM works; where it does, a tenth of it is enough. */
const PROBE_TIMEOUT_MS = 7_000;

/** As GitHub and the distributions write it: every user may use KVM, also after the next start. */
const UDEV_RULE = `echo 'KERNEL=="kvm", GROUP="kvm", MODE="0666", OPTIONS+="static_node=kvm"' | sudo tee /etc/udev/rules.d/99-kvm4all.rules && sudo udevadm control --reload-rules && sudo udevadm trigger --name-match=kvm`;

const SLOWER = "VMs are emulated (TCG), which is slower";

/** What a guest is started with; undefined when QEMU or a kernel is missing. */
export type Guest = Pick<ProbeOptions, "qemu" | "kernel" | "initramfs">;

/**
 * Whether a guest really runs under KVM: one is started now, whatever earlier runs have learned.
 *
 * @param device another one in tests
 */
export async function checkKvm(
  guest: Guest | undefined,
  signal: AbortSignal,
  device: string = KVM_DEVICE,
): Promise<Verdict> {
  if (process.arch !== "x64") {
    return warning(
      `this machine is ${process.arch}, and guests are x86-64; ${SLOWER}`,
      "KVM needs an x86-64 machine.",
    );
  }
  try {
    await access(device, constants.R_OK | constants.W_OK);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT"
      ? warning(`there is no ${device}; ${SLOWER}`, await cureForMissing())
      : warning(`this user may not open ${device}; ${SLOWER}`, await cureForRefused(device));
  }
  if (!guest) {
    return warning(
      `${device} opens; whether a guest runs under it is unknown without QEMU, a kernel and a cache`,
      "Cure the problems above first.",
    );
  }
  const reason = await kvmProblem({
    ...guest,
    device,
    signal,
    fresh: true,
    timeoutMs: PROBE_TIMEOUT_MS,
  });
  if (reason === undefined) return ok("a guest starts under it");
  return warning(
    `${reason}; ${SLOWER}`,
    "KVM is there but dead, as in some nested virtual machines: ask who runs the host for working nested virtualization. Nothing has to be set; `--accelerator tcg` saves the attempt.",
  );
}

async function cureForMissing(): Promise<string> {
  const flags = await readFile("/proc/cpuinfo", "utf8").catch(() => "");
  const module = /\bvmx\b/.test(flags)
    ? "kvm_intel"
    : /\bsvm\b/.test(flags)
      ? "kvm_amd"
      : undefined;
  return module === undefined
    ? "This processor, or the virtual machine that this is, offers no virtualization: turn on VT-x, AMD-V or SVM in the firmware, or nested virtualization in the hypervisor."
    : `Load the module: \`sudo modprobe ${module}\`. In a container, start it with \`--device /dev/kvm\`.`;
}

async function cureForRefused(device: string): Promise<string> {
  const rule = `Let every user: \`${UDEV_RULE}\`.`;
  const group = await groupThatMay(device);
  return group === undefined
    ? rule
    : `Join the group that may: \`sudo usermod --append --groups ${group} "$USER"\`, and log in again. Or: ${rule}`;
}

/** The name of the group that owns the device, when it may read and write and is not root's own. */
async function groupThatMay(device: string): Promise<string | undefined> {
  const { gid, mode } = await stat(device);
  if (gid === 0 || (mode & 0o060) !== 0o060) return undefined;
  const groups = await readFile("/etc/group", "utf8").catch(() => "");
  return groups
    .split("\n")
    .map((line) => line.split(":"))
    .find(([, , id]) => id === String(gid))?.[0];
}
