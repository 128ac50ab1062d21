import { findProgram } from "../../system/find-program.ts";
import type { Volume } from "../volume-files.ts";
import { type MountNamespace, openMountNamespace } from "./mount-namespace.ts";
import type { MountPrivilege } from "./namespace-commands.ts";

/** What holds a volume to its limit. */
export interface EnforcedVolumes {
  /** With directories that hold no more than the limit. */
  readonly volumes: readonly Volume[];
  /** Such as `by a file system of its own for each volume, in a user namespace`. */
  readonly reason: string;
  release(): Promise<void>;
}

/** Why the limit is not enforced, as a clause. */
export type NotEnforced = { readonly reason: string };

const MIB = 1024 * 1024;

const HOW: Readonly<Record<MountPrivilege, string>> = {
  root: "mounted by root",
  "user-namespace": "mounted in a user namespace",
  sudo: "mounted with sudo",
};

/** Of the memory that is free, what full volumes may take: they lie in this machine's memory. */
const MAX_SHARE_OF_MEMORY = 0.5;

/**
 * Gives each volume a file system of its own of `limitMib`, so that a write beyond it fails in the guest with
 * ENOSPC. It lies in memory, which only what is written takes.
 *
 * @returns the reason when this machine allows no mounts, or has not enough memory
 */
export async function enforceLimit(
  volumes: readonly Volume[],
  limitMib: number,
  signal?: AbortSignal,
): Promise<EnforcedVolumes | NotEnforced> {
  const availableMib = Math.floor(process.availableMemory() / MIB);
  if (limitMib * volumes.length > availableMib * MAX_SHARE_OF_MEMORY) {
    return {
      reason: `full volumes would take more than half of the ${availableMib} MiB of memory that this machine has free`,
    };
  }
  const problems = new Set<string>();
  for (const privilege of await privileges()) {
    signal?.throwIfAborted();
    const result = await mountAll(privilege, volumes, limitMib * MIB, signal);
    if ("volumes" in result) return result;
    problems.add(result.reason);
  }
  return { reason: `this user may not mount (${[...problems].join("; ")})` };
}

async function privileges(): Promise<MountPrivilege[]> {
  if (process.getuid?.() === 0) return ["root", "user-namespace"];
  const sudo = await findProgram("sudo");
  return ["user-namespace", ...(sudo === undefined ? [] : (["sudo"] as const))];
}

async function mountAll(
  privilege: MountPrivilege,
  volumes: readonly Volume[],
  bytes: number,
  signal: AbortSignal | undefined,
): Promise<EnforcedVolumes | NotEnforced> {
  let namespace: MountNamespace | undefined;
  try {
    namespace = await openMountNamespace(privilege, signal);
    const limited: Volume[] = [];
    for (const volume of volumes) {
      const hostDirectory = await namespace.mountLimited(volume.hostDirectory, bytes);
      limited.push({ ...volume, hostDirectory });
    }
    return {
      volumes: limited,
      reason: `each volume is a file system of its own, ${HOW[privilege]}`,
      release: namespace.close,
    };
  } catch (error) {
    await namespace?.close();
    signal?.throwIfAborted();
    return { reason: (error as Error).message };
  }
}
