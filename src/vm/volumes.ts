import { chmod, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { removeTree } from "../system/remove-tree.ts";
import type { Volume } from "./volume-files.ts";

/** Makes an empty directory below `directory` for each volume. */
export async function makeVolumes(
  guestPaths: readonly string[],
  directory: string,
): Promise<Volume[]> {
  const volumes: Volume[] = [];
  for (const [index, guestPath] of guestPaths.entries()) {
    const hostDirectory = join(directory, `volume-${index}`);
    await mkdir(hostDirectory);
    // Not left to the umask: the guest sees the mode of its volume's root.
    await chmod(hostDirectory, 0o755);
    volumes.push({ guestPath, hostDirectory });
  }
  return volumes;
}

/** Makes volumes as empty as they were at the start. The guest must not have them mounted. */
export async function emptyVolumes(volumes: readonly Volume[]): Promise<void> {
  for (const { hostDirectory } of volumes) {
    // What the guest did to its modes must not keep us out.
    await chmod(hostDirectory, 0o755);
    for (const name of await readdir(hostDirectory, { encoding: "buffer" })) {
      await removeTree(Buffer.concat([Buffer.from(`${hostDirectory}/`), name]));
    }
  }
}
