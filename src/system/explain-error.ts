import { setImmediate } from "node:timers/promises";
import { MissingToolError } from "../errors.ts";

const SPACE =
  "Free some space, or set TMPDIR (temporary files) or XDG_CACHE_HOME (the cache) to a directory on a larger disk.";
const PLACE =
  "Check that the path exists and that this user may write there. Temporary files go to TMPDIR, the cache to XDG_CACHE_HOME.";

/** What the machine refuses whatever this program does. Other errors of the system are bugs. */
const REFUSALS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOSPC: ["the disk is full", SPACE],
  EDQUOT: ["the disk quota is used up", SPACE],
  EROFS: ["the file system is read-only", PLACE],
  EACCES: ["permission denied", PLACE],
  EPERM: ["not permitted", PLACE],
  EISDIR: ["it is a directory", PLACE],
  ENOTDIR: ["a part of the path is not a directory", PLACE],
  EEXIST: ["something else is there", PLACE],
  ENAMETOOLONG: ["the name is too long", PLACE],
  EIO: ["the disk reports an error", PLACE],
  EMFILE: ["too many files are open", "Raise the limit with `ulimit -n`."],
};

/** Making a directory where nothing can be made; also how Node.js reports a read-only file system then. */
const NO_PARENT: readonly [string, string] = ["there is no such directory", PLACE];

/**
 * Finds what to tell a person of an error that ended a command: of what a signal brought down, the signal;
 * of what the machine refused, the reason and a next step. Any other error comes back as it is.
 */
export async function explainError(error: unknown, signal: AbortSignal): Promise<unknown> {
  // Ctrl-C goes to QEMU and to builders, too, whose end may be seen first. Two turns poll for signals once.
  await setImmediate();
  await setImmediate();
  return signal.aborted ? signal.reason : explainSystemError(error);
}

/** @returns a MissingToolError for what the machine refused, else the error itself */
export function explainSystemError(error: unknown): unknown {
  const {
    code = "",
    syscall,
    path,
    dest,
  } = (error ?? {}) as Partial<NodeJS.ErrnoException & { dest: string }>;
  if (syscall === undefined) return error;
  const isParentMissing = code === "ENOENT" && syscall.startsWith("mkd");
  const refusal = isParentMissing ? NO_PARENT : REFUSALS[code];
  if (!refusal) return error;
  const [reason, hint] = refusal;
  const place = dest ?? path;
  return new MissingToolError(
    `This machine refused to ${syscall}${place === undefined ? "" : ` ${place}`}: ${reason}.`,
    { hint, cause: error },
  );
}
