import { MissingToolError, UsageError } from "../../errors.ts";
import { makeInitramfs } from "../initramfs/initramfs.ts";
import { PROFILES, type Profile } from "../profiles.ts";
import {
  type AcceleratorChoice,
  chooseAccelerator,
  type ProbeOptions,
} from "../qemu/accelerator.ts";
import type { Accelerator } from "../qemu/command-line.ts";
import type { Runtime } from "../runtime.ts";
import { findQemu } from "../system-runtime.ts";
import type { Bundle } from "./bundle.ts";
import { officialCommand } from "./official-command-line.ts";
import { profileOfVersion } from "./release.ts";

export interface OfficialRuntimeOptions {
  /** What the person asked for; the version's own when absent. */
  readonly profile?: Profile | undefined;
  readonly accelerator?: Accelerator | "auto" | undefined;
  /** For networks that `vmrt` was built without: the distribution's QEMU is used in its place. */
  readonly needsDistributionQemu?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly chooseAccelerator?: typeof chooseAccelerator | undefined;
}

/**
 * The official runtime as it is to be started: `vmrt` under KVM, as on a provider. Since `vmrt` was built
 * without TCG, a machine without KVM runs the bundle's kernel and initramfs under its own QEMU.
 *
 * @param reason why this runtime, as the end of a sentence
 * @throws {UsageError} when another profile is asked for than the one that the version has
 * @throws {MissingToolError} when a demanded KVM does not work, or there is neither KVM nor QEMU
 */
export async function prepareOfficialRuntime(
  bundle: Bundle,
  options: OfficialRuntimeOptions,
  reason: string,
): Promise<Runtime> {
  const profile = officialProfile(bundle.version, options.profile);
  const acceleratorChoice = await officialAccelerator(bundle, options);
  const usesVmrt = acceleratorChoice.accelerator === "kvm" && !options.needsDistributionQemu;
  const reasons = [reason];
  if (acceleratorChoice.accelerator === "tcg") {
    reasons.push(
      `vmrt needs KVM (${acceleratorChoice.reason}), so its kernel and initramfs run under this machine's QEMU with TCG`,
    );
  } else if (!usesVmrt) {
    reasons.push(
      "vmrt has no such network, so its kernel and initramfs run under this machine's QEMU",
    );
  }
  if (bundle.checkedBy === undefined) {
    reasons.push("nothing vouches for the bundle: its digest is not known and no sha256 is given");
  }
  return {
    name: "ya-runtime-vm",
    version: bundle.version ?? "unknown",
    reason: reasons.join("; "),
    profile,
    qemu: usesVmrt ? bundle.vmrt : await findQemu(),
    kernel: { image: bundle.kernel },
    initramfs: bundle.initramfs,
    // The official init knows none of ours.
    kernelParameters: [],
    acceleratorChoice,
    agent: "official",
    command: (machine) => officialCommand(machine, bundle.directory),
  };
}

/** @throws {UsageError} */
function officialProfile(version: string | undefined, wanted: Profile | undefined): Profile {
  const own = profileOfVersion(version);
  if (own === undefined) return wanted ?? (PROFILES.at(-1) as Profile);
  if (wanted === undefined || wanted === own) return own;
  throw new UsageError(
    `The profile ${wanted} was asked for, but ya-runtime-vm ${version} behaves as ${own}: its init decides that.`,
    {
      hint: `Leave the profile out, use --runtime system, which can have every profile, or another version: v0.3 is that of 0.2 to 0.4.0, v0.4 that of 0.4.1 and 0.4.2, v0.5 that of 0.5.`,
    },
  );
}

/** The distribution's QEMU is tried where it is there: what is known of it serves both runtimes. */
async function officialAccelerator(
  bundle: Bundle,
  options: OfficialRuntimeOptions,
): Promise<AcceleratorChoice> {
  if (options.accelerator === "tcg") return { accelerator: "tcg", reason: "as asked for" };
  const distributionQemu = await findQemu().catch((error) => {
    if (error instanceof MissingToolError) return undefined;
    throw error;
  });
  const probe: ProbeOptions = {
    qemu: distributionQemu ?? bundle.vmrt,
    kernel: bundle.kernel,
    // Our agent alone: it reports before it loads a module.
    initramfs: await makeInitramfs([]),
    ...(options.signal && { signal: options.signal }),
    ...(distributionQemu === undefined && {
      command: (machine) => officialCommand(machine, bundle.directory),
    }),
  };
  const choose = options.chooseAccelerator ?? chooseAccelerator;
  return choose(options.accelerator ?? "auto", probe);
}
