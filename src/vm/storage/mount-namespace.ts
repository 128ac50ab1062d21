import { realpath, statfs } from "node:fs/promises";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { GolemImageError } from "../../errors.ts";
import { runCommand } from "../../system/run-command.ts";
import {
  holderCommand,
  type MountPrivilege,
  mountCommand,
  type Owner,
} from "./namespace-commands.ts";

/** A mount namespace of our own: nothing that is mounted in it is seen by others, or outlives it. */
export interface MountNamespace {
  readonly privilege: MountPrivilege;
  /**
   * Mounts a file system of this size on a directory.
   *
   * @returns its path for processes outside of the namespace that this user runs
   * @throws {Error} with the reason when it cannot be mounted, or not be reached
   */
  mountLimited(directory: string, bytes: number): Promise<string>;
  /** Ends the namespace, and with it everything that is mounted in it and not in use. */
  close(): Promise<void>;
}

/** All of it takes some milliseconds; sudo may ask another machine. */
const TIMEOUT_MS = 5_000;
const MAX_STDERR_BYTES = 4096;

/** f_type of statfs(2). */
const TMPFS_MAGIC = 0x01021994;

/** @throws {Error} with the reason when this machine or user may not */
export async function openMountNamespace(
  privilege: MountPrivilege,
  signal?: AbortSignal,
): Promise<MountNamespace> {
  const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const { program, args } = holderCommand(privilege, owner);
  const holder = execa(program, [...args], {
    reject: false,
    stdin: "pipe",
    // Not execa's to collect: that it is given up on does not matter once the first line is there.
    buffer: { stdout: false },
    maxBuffer: MAX_STDERR_BYTES,
  });
  const close = async () => {
    holder.stdin.end();
    const timer = setTimeout(() => holder.kill("SIGKILL"), TIMEOUT_MS);
    await holder;
    clearTimeout(timer);
  };
  try {
    const pid = await firstPid(holder.stdout, AbortSignal.timeout(TIMEOUT_MS));
    if (pid === undefined) throw new Error(await lastWords(program, holder));
    signal?.throwIfAborted();
    return {
      privilege,
      mountLimited: (directory, bytes) => mountLimited({ privilege, pid, owner }, directory, bytes),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The process that waits in the namespace says which one it is, once the namespace is there. */
async function firstPid(
  stdout: NodeJS.ReadableStream,
  signal: AbortSignal,
): Promise<number | undefined> {
  const lines = createInterface({ input: stdout, signal });
  const line = await new Promise<string>((resolve) => {
    lines.once("line", resolve);
    lines.once("close", () => resolve(""));
  });
  lines.close();
  stdout.resume();
  const [, pid] = /^(\d{1,10}) \(cat\) /.exec(line) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

interface Holder extends PromiseLike<{ stderr?: unknown; code?: string | undefined }> {
  readonly stdin: { end(): unknown };
}

async function lastWords(program: string, holder: Holder): Promise<string> {
  holder.stdin.end();
  const { stderr, code } = await holder;
  if (code === "ENOENT") return `${program} is not installed`;
  const lastLine = String(stderr ?? "")
    .trim()
    .split("\n")
    .at(-1);
  return lastLine || code || `${program} did not start in time`;
}

async function mountLimited(
  { privilege, pid, owner }: { privilege: MountPrivilege; pid: number; owner: Owner },
  directory: string,
  bytes: number,
): Promise<string> {
  // An absolute link below /proc/PID/root would lead out of it.
  const realDirectory = await realpath(directory);
  const command = mountCommand(privilege, pid, { directory: realDirectory, bytes, owner });
  const { exitCode, stderr } = await runCommand(command, { timeoutMs: TIMEOUT_MS }).catch(
    (error) => {
      if (!(error instanceof GolemImageError)) throw error;
      return { exitCode: undefined, stderr: error.message };
    },
  );
  if (exitCode !== 0) throw new Error(stderr.trim().split("\n").at(-1) || "mount failed");
  const path = `/proc/${pid}/root${realDirectory}`;
  const { type, bsize, blocks } = await statfs(path);
  if (type !== TMPFS_MAGIC || bsize * blocks !== bytes) {
    throw new Error(`what was mounted on ${realDirectory} is not there`);
  }
  return path;
}
