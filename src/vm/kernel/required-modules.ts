import type { ModuleIndex } from "./module-index.ts";

/** A module that the VM cannot do without, with what it is for, as said to a person when it is missing. */
const REQUIRED: readonly (readonly [name: string, purpose: string])[] = [
  ["virtio_pci", "virtio devices"],
  ["virtio_console", "the guest agent's port"],
  ["virtio_blk", "the image's drive"],
  ["squashfs", "the image's file system"],
  ["overlay", "a writable root"],
  ["9p", "volumes"],
  ["9pnet_virtio", "volumes"],
];

/** Modules that are loaded when the kernel has them. */
const OPTIONAL: readonly string[] = ["virtio_rng", "virtio_net"];

export interface ModulePlan {
  /** Absolute paths in the order in which they must be loaded. */
  readonly files: readonly string[];
  /** `9p (volumes)`: required modules that this kernel neither has nor has built in. */
  readonly missing: readonly string[];
}

/** Finds exactly the modules that the VM needs and this kernel does not have built in, dependencies first. */
export async function planModules(index: ModuleIndex): Promise<ModulePlan> {
  const files: string[] = [];
  const missing: string[] = [];
  const outcomes = new Map<string, Promise<boolean>>();

  const plan = async (name: string): Promise<boolean> => {
    if (index.isBuiltIn(name)) return true;
    const file = index.fileOf(name);
    if (file === undefined) return false;
    for (const dependency of await index.dependenciesOf(name)) {
      if (!(await planOnce(dependency))) return false;
    }
    files.push(file);
    return true;
  };
  const planOnce = (name: string): Promise<boolean> => {
    const outcome = outcomes.get(name) ?? plan(name);
    outcomes.set(name, outcome);
    return outcome;
  };

  for (const [name, purpose] of REQUIRED) {
    if (!(await planOnce(name))) missing.push(`${name} (${purpose})`);
  }
  for (const name of OPTIONAL) await planOnce(name);
  return { files, missing };
}
