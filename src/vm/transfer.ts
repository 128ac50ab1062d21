import { createWriteStream } from "node:fs";
import { mkdir, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream/promises";
import { UsageError, VmError } from "../errors.ts";
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
): Promise<void> {
  const stats = await stat(hostPath).catch(() => undefined);
  if (!stats?.isFile()) {
    throw new UsageError(
      `Cannot put ${hostPath} into the VM: it ${stats ? "is not a regular file" : "does not exist"}.`,
    );
  }
  const handle = await open(hostPath);
  try {
    await writeVolumeFile(volumes, guestPath, handle.createReadStream({ autoClose: false }));
  } finally {
    await handle.close();
  }
}

/**
 * Copies a file out of a volume to this machine, whole or not at all; directories are made as needed.
 *
 * @throws {VmError} when the guest has left no regular file there
 * @throws {UsageError} when the guest path lies in no volume
 */
export async function getFile(
  volumes: readonly Volume[],
  guestPath: string,
  hostPath: string,
): Promise<void> {
  const opened = await openVolumeFile(volumes, guestPath);
  if ("problem" in opened) throw new VmError(`Cannot get ${guestPath}: ${opened.problem}.`);
  try {
    await mkdir(dirname(hostPath), { recursive: true });
    await replaceFile(hostPath, (partialPath) =>
      pipeline(opened.createReadStream({ autoClose: false }), createWriteStream(partialPath)),
    );
  } finally {
    await opened.close();
  }
}
