import { createWriteStream } from "node:fs";
import { open, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { MissingToolError, UsageError, VmError } from "../errors.ts";
import { makeDirectories } from "../system/make-directories.ts";
import { replaceFile } from "../system/replace-file.ts";
import { openVolumeFile, type Volume, writeVolumeFile } from "./volume-files.ts";

/**
 * Copies a file of this machine into a volume, as a requestor's transfer does.
 *
 * @throws {UsageError} when the file is not there, or the guest path lies in no volume
 * @throws {VmError} when the guest has put something in the way
 */
export async function putFile(
  volumes: readonly Volume[],
  hostPath: string,
  guestPath: string,
  signal?: AbortSignal,
): Promise<void> {
  const stats = await stat(hostPath).catch(() => undefined);
  if (!stats?.isFile()) {
    throw new UsageError(
      `Cannot put ${hostPath} into the VM: it ${stats ? "is not a regular file" : "does not exist"}.`,
    );
  }
  const handle = await open(hostPath);
  try {
    const content = handle.createReadStream({ autoClose: false });
    await writeVolumeFile(volumes, guestPath, content, signal);
  } finally {
    await handle.close();
  }
}

/**
 * Copies a file out of a volume to this machine, whole or not at all; directories are made as needed. What
 * the guest appends to it meanwhile is not copied: that might have no end.
 *
 * @throws {VmError} when the guest has left no regular file there
 * @throws {MissingToolError} when it says that it is larger than what the disk has room for
 * @throws {UsageError} when the guest path lies in no volume, or the other is no place for a file
 * @throws the abort reason
 */
export async function getFile(
  volumes: readonly Volume[],
  guestPath: string,
  hostPath: string,
  signal?: AbortSignal,
): Promise<void> {
  const opened = await openVolumeFile(volumes, guestPath);
  if ("problem" in opened) throw new VmError(`Cannot get ${guestPath}: ${opened.problem}.`);
  try {
    const directory = dirname(hostPath);
    await makeDirectories(directory);
    const { size } = await opened.stat();
    await assertRoomFor(size, directory, guestPath);
    await replaceFile(hostPath, async (partialPath) => {
      if (size === 0) return;
      const content = opened.createReadStream({ autoClose: false, start: 0, end: size - 1 });
      await pipeline(content, createWriteStream(partialPath), { signal });
    });
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    const reason = UNFIT_PLACES[(error as NodeJS.ErrnoException).code ?? ""];
    if (reason === undefined) throw error;
    throw new UsageError(`Cannot get ${guestPath} as ${hostPath}: ${reason}.`, {
      hint: "Give the path of a file, whose directory this user may write to.",
      cause: error,
    });
  } finally {
    await opened.close();
  }
}

/** Why no file can be written at a path of this machine, whatever there is room for (open(2), rename(2)). */
const UNFIT_PLACES: Readonly<Record<string, string>> = {
  EISDIR: "it is a directory",
  ENOTDIR: "a part of the path is not a directory",
  EEXIST: "a part of the path is not a directory",
  ENOENT: "no directory can be made there",
  EACCES: "permission denied",
  EPERM: "not permitted",
  EROFS: "the file system is read-only",
  ELOOP: "the path is a loop of symbolic links",
  ENAMETOOLONG: "the name is too long",
};

/** A sparse file of a guest may claim any size, and copying it would take for ever before the disk is full. */
async function assertRoomFor(bytes: number, directory: string, guestPath: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bytes <= bavail * bsize) return;
  throw new MissingToolError(
    `Cannot get ${guestPath}: it has ${bytes} bytes, and ${directory} has room for ${bavail * bsize}.`,
    { hint: "Free some space, or let the command in the VM write a smaller file." },
  );
}
