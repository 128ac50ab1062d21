import { PublishError } from "../errors.ts";

const HINTS: Readonly<Record<string, string>> = {
  EACCES: "Allow this user to write there, or publish to another directory.",
  EPERM: "Allow this user to write there, or publish to another directory.",
  EROFS: "The file system is mounted read-only. Publish to another directory.",
  ENOSPC: "The disk is full. Free some space and publish again.",
  EDQUOT: "The disk quota is used up. Free some space and publish again.",
  ENOTDIR: "A part of the path is a file. Publish to another directory.",
  EEXIST: "There is a file of that name. Publish to another directory.",
  ENOENT: "Check the path.",
};

/**
 * A failure of the file system as a person can use it; other errors (such as an abort) as they are.
 *
 * @param action what failed, such as `Cannot copy the image to public`
 */
export function explainFailure(action: string, error: unknown): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  return new PublishError(`${action}: ${message}.`, {
    hint: HINTS[code] ?? "Publish to another directory.",
    cause: error,
  });
}
