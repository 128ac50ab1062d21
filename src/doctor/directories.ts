import { constants } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { ok, problem, type Verdict, warning } from "./check.ts";

const MIB = 1024 ** 2;

/** Below this not even a small image goes through; and below that many a common one does not. */
const LEAST_BYTES = 64 * MIB;
const COMFORTABLE_BYTES = 2048 * MIB;

/**
 * Whether files can be written into a directory, and how much.
 *
 * @param variable the environment variable that names another one
 * @param mayBeMissing whether the program makes the directory when it needs it
 */
export async function checkDirectory(
  path: string,
  variable: string,
  mayBeMissing: boolean,
): Promise<Verdict> {
  const elsewhere = `Set ${variable} to a directory where this user may write.`;
  const existing = mayBeMissing ? await nearestExisting(path) : path;
  try {
    await access(existing, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    return problem(`${path} cannot be written: ${reasonOf(error)}`, elsewhere);
  }
  const { bavail, bsize } = await statfs(existing);
  return judgeSpace(path, bavail * bsize, variable);
}

/** @param free bytes */
export function judgeSpace(path: string, free: number, variable: string): Verdict {
  const detail = `${describeBytes(free)} free in ${path}`;
  const cure = `Free some space, or set ${variable} to a directory on a larger disk.`;
  if (free < LEAST_BYTES) return problem(detail, cure);
  return free < COMFORTABLE_BYTES ? warning(detail, cure) : ok(detail);
}

export function describeBytes(bytes: number): string {
  return bytes < 1024 * MIB
    ? `${Math.floor(bytes / MIB)} MiB`
    : `${(bytes / (1024 * MIB)).toFixed(1)} GiB`;
}

async function nearestExisting(path: string): Promise<string> {
  for (let directory = resolve(path); ; directory = dirname(directory)) {
    const isThere = await access(directory).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== "ENOENT",
    );
    if (isThere || directory === dirname(directory)) return directory;
  }
}

function reasonOf(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return "there is no such directory";
    case "EROFS":
      return "the file system is read-only";
    case "ENOTDIR":
      return "a part of the path is not a directory";
    default:
      return "permission denied";
  }
}
