import { lstat, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { hasEnded, identifyProcess } from "../system/process-identity.ts";
import { removeTree } from "../system/remove-tree.ts";
import { TEMPORARY_PREFIX, withTemporaryDirectory } from "../system/temporary.ts";

/** A Unix socket's path holds 107 bytes (unix(7)); ours needs 20 below its parent. */
const MAX_SOCKET_PARENT_BYTES = 80;

/** Who made a directory; only those that hold a VM's files have it. */
const OWNER_FILE = "owner";

const OWNER = v.object({
  bootId: v.string(),
  pidNamespace: v.string(),
  pid: v.pipe(v.number(), v.integer(), v.minValue(1)),
  startTicks: v.string(),
});

/**
 * Runs `body` with a private directory for a VM's sockets, console and volumes, and removes it. Removes those, too,
 * whose processes were killed before they could do so themselves.
 */
export async function withMachineDirectory<T>(body: (directory: string) => Promise<T>): Promise<T> {
  const parent = Buffer.byteLength(tmpdir()) > MAX_SOCKET_PARENT_BYTES ? "/tmp" : tmpdir();
  await removeStale(parent);
  return withTemporaryDirectory(async (directory) => {
    const owner = identifyProcess();
    if (owner) await writeFile(join(directory, OWNER_FILE), JSON.stringify(owner));
    return body(directory);
  }, parent);
}

async function removeStale(parent: string): Promise<void> {
  const names = await readdir(parent).catch((): string[] => []);
  for (const name of names.filter((candidate) => candidate.startsWith(TEMPORARY_PREFIX))) {
    const directory = join(parent, name);
    if (await isStale(directory)) await removeTree(directory).catch(() => {});
  }
}

async function isStale(directory: string): Promise<boolean> {
  try {
    const { uid } = await lstat(directory);
    // Another user's could become a link to anything while it is removed.
    if (uid !== process.getuid?.()) return false;
    const text = await readFile(join(directory, OWNER_FILE), "utf8");
    return hasEnded(v.parse(OWNER, JSON.parse(text)));
  } catch {
    return false;
  }
}
