import { rm } from "node:fs/promises";
import { join } from "node:path";
import { makeDirectories } from "../system/make-directories.ts";
import { runCommand } from "../system/run-command.ts";
import { isolated, type Namespaces, removeAsOwner } from "./buildah-namespaces.ts";
import { type BaseStore, infoCommand, readInfo, storeFlags } from "./buildah-stores.ts";
import { runProbe } from "./docker-engine.ts";

export interface PrivateStore {
  /** Global flags of buildah. */
  readonly flags: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Milliseconds for removing a store. */
const CLEANUP_TIMEOUT = 60_000;

/** Runs `body` with a new store in `parent`, and removes all of it afterwards. */
export async function withPrivateStore<T>(
  parent: string,
  namespaces: Namespaces,
  baseStore: BaseStore,
  signal: AbortSignal | undefined,
  body: (store: PrivateStore) => Promise<T>,
): Promise<T> {
  const directory = join(parent, "buildah");
  await makeDirectories(join(directory, "tmp"));
  const environment = { TMPDIR: join(directory, "tmp") };
  try {
    const shared = storeFlags(directory, baseStore.driver, baseStore.directory);
    const probe = isolated(namespaces, infoCommand(shared, environment));
    // Where this directory cannot hold overlays, the base store cannot be read, and vfs copies.
    const isShared = readInfo(await runProbe(probe, signal)) !== undefined;
    const flags = isShared ? shared : storeFlags(join(directory, "vfs"), "vfs");
    return await body({ flags, environment });
  } finally {
    await removeStore(directory, namespaces);
  }
}

async function removeStore(directory: string, namespaces: Namespaces): Promise<void> {
  if (namespaces === "user") {
    // What is left shows in the removal below.
    await runCommand(removeAsOwner(directory), { timeoutMs: CLEANUP_TIMEOUT }).catch(() => {});
  }
  // Processes that were killed a moment ago may still be writing.
  await rm(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 });
}
