import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
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
