import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

/**
 * Opens a regular file for reading; never follows a symbolic link in its last part, and never waits as
 * opening a FIFO would.
 *
 * @returns undefined when there is none
 */
export async function openIfRegular(path: string): Promise<FileHandle | undefined> {
  let handle: FileHandle;
  try {
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    handle = await open(path, flags);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    // ELOOP: a link; ENXIO: a socket.
    if (["ENOENT", "ENOTDIR", "ELOOP", "ENXIO"].includes(code)) return undefined;
    throw error;
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  return undefined;
}
