import { runCommand } from "../system/run-command.ts";
import { ok, problem, type Verdict, warning } from "./check.ts";

/** That of Debian 11, the oldest distribution that still gets security updates. */
const OLDEST = [5, 2] as const;

/**
 * Whether this QEMU is recent, can share directories over 9p, and can emulate.
 *
 * @param path undefined when it is not installed
 */
export async function checkQemu(path: string | undefined, signal: AbortSignal): Promise<Verdict> {
  if (path === undefined) {
    return problem(
      "qemu-system-x86_64 is not installed",
      "Install it (Debian and Ubuntu: `sudo apt-get install qemu-system-x86`).",
    );
  }
  const ask = async (...args: string[]) =>
    (await runCommand({ program: path, args }, { signal })).stdout;
  const [version, devices, accelerators] = await Promise.all([
    ask("--version"),
    ask("-device", "help"),
    ask("-accel", "help"),
  ]);
  return judgeQemu(version, devices, accelerators);
}

/** @param version the output of `--version`, and so on for `-device help` and `-accel help` */
export function judgeQemu(version: string, devices: string, accelerators: string): Verdict {
  const [, number, major, minor] = /version ((\d+)\.(\d+)\S*)/.exec(version) ?? [];
  if (number === undefined) {
    return problem("it does not say its version", "Install QEMU again.");
  }
  if (!devices.includes("virtio-9p-pci")) {
    return problem(
      `${number}, built without 9p, which volumes need`,
      "Install your distribution's full QEMU, or build it with --enable-virtfs.",
    );
  }
  if (!/^tcg$/m.test(accelerators)) {
    return warning(
      `${number}, built without TCG, so that it needs KVM`,
      "Install your distribution's full QEMU to be independent of KVM.",
    );
  }
  const isOld =
    Number(major) < OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) < OLDEST[1]);
  if (!isOld) return ok(number);
  return warning(
    `${number}, older than ${OLDEST.join(".")}`,
    "It may work; a newer one is in every distribution that still gets security updates.",
  );
}
