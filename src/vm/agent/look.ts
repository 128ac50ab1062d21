import { protocolError } from "./errors.ts";

/** What to look at in the guest. */
export interface LookRequest {
  /** Absolute. */
  readonly path: string;
  /** Whether a symbolic link at its end is followed. */
  readonly follow: boolean;
  /** From where a file's content is wanted, in bytes. */
  readonly offset: number;
  /** How much of it, in bytes; 0 for none. The guest answers at most 1 MiB. */
  readonly length: number;
}

/** What there is at a path of the guest. */
export interface GuestFile {
  /** With the type, as `st_mode` has it (inode(7)). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** Of a file the asked bytes, of a symbolic link its target, of a directory its names, each with a NUL behind it. */
  readonly content: Buffer;
}

/**
 * Reads the agent's answer: a line `mode uid gid size`, the mode in octal, and then the content.
 *
 * @throws {VmError} when it is something else
 */
export function parseGuestFile(answer: Buffer): GuestFile {
  const end = answer.indexOf("\n");
  const line = answer.subarray(0, Math.max(end, 0)).toString("latin1");
  const match = /^([0-7]{1,7}) (\d{1,10}) (\d{1,10}) (\d{1,19})$/.exec(line);
  if (!match) throw protocolError(`a file is described by ${JSON.stringify(line.slice(0, 80))}`);
  const [, mode = "", uid, gid, size] = match;
  return {
    mode: Number.parseInt(mode, 8),
    uid: Number(uid),
    gid: Number(gid),
    size: Number(size),
    content: answer.subarray(end + 1),
  };
}
