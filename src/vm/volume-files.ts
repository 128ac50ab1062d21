import { constants } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { posix } from "node:path";
import { UsageError, VmError } from "../errors.ts";
import { isBelow } from "../system/paths-below.ts";

/** A volume of a running VM: a directory of this machine that the guest sees at `guestPath`. */
export interface Volume {
  readonly guestPath: string;
  readonly hostDirectory: string;
}

interface Location {
  readonly volume: Volume;
  /** Names below the volume's root. */
  readonly names: readonly string[];
}

/**
 * Finds the volume that a path of the guest lies in: the innermost one, as the guest sees it.
 *
 * @throws {UsageError} when the path is not absolute, has `..`, or lies in no volume: as on a provider,
 * files are transferred only into and out of volumes
 */
function locate(volumes: readonly Volume[], guestPath: string): Location {
  const path = posix.normalize(guestPath);
  if (!guestPath.startsWith("/") || guestPath.split("/").includes("..")) {
    throw new UsageError(
      `The guest path ${JSON.stringify(guestPath)} must be absolute and without "..".`,
    );
  }
  const volume = volumes
    .filter((candidate) => isBelow(path, candidate.guestPath))
    .sort((a, b) => b.guestPath.length - a.guestPath.length)[0];
  const names =
    volume && path.slice(posix.normalize(volume.guestPath).length).split("/").filter(Boolean);
  if (volume === undefined || names === undefined || names.length === 0) {
    const known = volumes.map((candidate) => candidate.guestPath).join(", ");
    throw new UsageError(
      `${guestPath} is not a file below a VOLUME of the image; Golem transfers files only into and out of volumes.`,
      {
        hint:
          known === ""
            ? "The image has no VOLUME: add one to the Dockerfile, such as `VOLUME /golem/input /golem/output`."
            : `Use a path below ${known}.`,
      },
    );
  }
  return { volume, names };
}

/** What is wrong with a path in a volume, for which there is no file to read. */
export interface AbsentFile {
  readonly problem: string;
  /** Whether there is nothing at all at the path, and not something else than a file. */
  readonly isMissing: boolean;
}

/**
 * Opens a regular file of a volume for reading. What the guest left there is not trusted: no symbolic
 * link is followed, and no FIFO or device is opened in a way that waits.
 *
 * @throws {UsageError} when the path lies in no volume
 */
export async function openVolumeFile(
  volumes: readonly Volume[],
  guestPath: string,
): Promise<FileHandle | AbsentFile> {
  const { volume, names } = locate(volumes, guestPath);
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  try {
    return await withParent(volume, names, async (parent, name) => {
      const handle = await open(`${parent}/${name}`, flags);
      if ((await handle.stat()).isFile()) return handle;
      await handle.close();
      return { problem: `${guestPath} is not a regular file`, isMissing: false };
    });
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    return { problem: describeOpenError(error, guestPath), isMissing };
  }
}

/**
 * Writes a file (0644) into a volume, with its parent directories (0755), as a transfer does.
 *
 * @throws {UsageError} when the path lies in no volume
 * @throws {VmError} when the guest has put something in the way
 * @throws the abort reason
 */
export async function writeVolumeFile(
  volumes: readonly Volume[],
  guestPath: string,
  content: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<void> {
  const { volume, names } = locate(volumes, guestPath);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC;
  try {
    await withParent(
      volume,
      names,
      async (parent, name) => {
        const safeFlags = flags | constants.O_NOFOLLOW | constants.O_NONBLOCK;
        const handle = await open(`${parent}/${name}`, safeFlags, 0o644);
        try {
          for await (const chunk of content) {
            signal?.throwIfAborted();
            await handle.writeFile(chunk);
          }
        } finally {
          await handle.close();
        }
      },
      { create: true },
    );
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw new VmError(
      `Cannot put a file at ${guestPath}: ${describeOpenError(error, guestPath)}.`,
      {
        cause: error,
      },
    );
  }
}

/**
 * Walks down to the directory of the last name, one component at a time from an open directory, so that
 * a running guest cannot swap a component for a symbolic link in between (what openat(2) is for).
 */
async function withParent<T>(
  volume: Volume,
  names: readonly string[],
  body: (parent: string, name: string) => Promise<T>,
  options: { create?: boolean } = {},
): Promise<T> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  let directory = await open(volume.hostDirectory, flags);
  try {
    for (const name of names.slice(0, -1)) {
      const path = `/proc/self/fd/${directory.fd}/${name}`;
      if (options.create) await mkdir(path, { mode: 0o755 }).catch(ignoreExisting);
      const next = await open(path, flags);
      await directory.close();
      directory = next;
    }
    return await body(`/proc/self/fd/${directory.fd}`, names.at(-1) ?? "");
  } finally {
    await directory.close();
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}

function describeOpenError(error: unknown, guestPath: string): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return `${guestPath} does not exist`;
    case "ELOOP":
    case "ENOTDIR":
      return `${guestPath} is, or is below, a symbolic link or something else that is not a directory`;
    case "ENXIO":
      return `${guestPath} is not a regular file`;
    default:
      return `${guestPath}: ${(error as Error).message}`;
  }
}
