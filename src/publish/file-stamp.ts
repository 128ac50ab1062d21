import { stat } from "node:fs/promises";
import { hashFile } from "../gvmi/hash-file.ts";
import type { PublishFile } from "./publish-target.ts";
import { changed } from "./transfer/file-body.ts";

/** By which a file that was written meanwhile is told from one that was not. */
export interface FileStamp {
  readonly inode: bigint;
  readonly size: bigint;
  /** Nanoseconds since 1970. */
  readonly modified: bigint;
}

/** @returns undefined when there is no such file */
export async function stampOf(path: string): Promise<FileStamp | undefined> {
  const status = await stat(path, { bigint: true }).catch(() => undefined);
  return status && { inode: status.ino, size: status.size, modified: status.mtimeNs };
}

/**
 * Compares a file with what it was; one that was merely touched, or replaced by the same bytes, is fine.
 *
 * @throws {TransferError} `changed`
 * @throws the abort reason
 */
export async function assertUnchanged(
  { path, hash }: PublishFile,
  earlier: FileStamp | undefined,
  signal?: AbortSignal,
): Promise<void> {
  const now = await stampOf(path);
  if (now && earlier && isSameStamp(now, earlier)) return;
  const hashed = now && (await hashFile(path, signal));
  if (hashed?.hash !== hash) throw changed(path);
}

/** Whether the same file has not been written since. */
export function isSameStamp(one: FileStamp, other: FileStamp): boolean {
  return one.inode === other.inode && one.size === other.size && one.modified === other.modified;
}
