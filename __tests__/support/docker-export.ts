import { execFile, execFileSync, spawnSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = async (program: string, ...args: string[]) =>
  (await promisify(execFile)(program, args, { maxBuffer: 2 ** 24 })).stdout;

/** Whether a Docker engine answers here. */
export const hasDockerEngine = (): boolean =>
  spawnSync("docker", ["version", "--format", "{{.Server.Version}}"], { timeout: 5000 }).status ===
  0;

/** What the engine puts into every container, which may hide what the image has. */
export const ENGINE_PATHS: ReadonlySet<string> = new Set([
  "",
  ".dockerenv",
  "dev",
  "dev/console",
  "dev/pts",
  "dev/shm",
  "etc",
  "etc/hostname",
  "etc/hosts",
  "etc/mtab",
  "etc/resolv.conf",
  "proc",
  "sys",
]);

/**
 * Loads a `docker save` archive, creates a container of it and unpacks what the engine exports. Nothing
 * stays in the engine. Needs a Docker engine and root.
 *
 * @param tag the image's name in the archive
 * @returns the directory of the root file system
 */
export async function exportWithDocker(
  archive: string,
  tag: string,
  parent: string,
): Promise<string> {
  const exported = join(parent, "exported.tar");
  const root = join(parent, "exported");
  await run("docker", "load", "--quiet", "--input", archive);
  try {
    const container = (await run("docker", "create", tag, "/none")).trim();
    try {
      await run("docker", "export", "--output", exported, container);
    } finally {
      await run("docker", "rm", "--force", container);
    }
  } finally {
    await run("docker", "image", "rm", "--force", tag);
  }
  await mkdir(root);
  execFileSync("tar", [
    "--extract",
    "--numeric-owner",
    "--same-owner",
    "--preserve-permissions",
    "--xattrs",
    "--xattrs-include=*",
    `--file=${exported}`,
    `--directory=${root}`,
  ]);
  return root;
}
