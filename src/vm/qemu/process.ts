import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { atExit } from "../../system/at-exit.ts";
import { findProgram } from "../../system/find-program.ts";
import { TailBuffer } from "../../system/limited-buffer.ts";
import type { Command } from "../../system/run-command.ts";

/** How QEMU ended. A guest that panics ends it with code 0, because of `-no-reboot`. */
export interface QemuExit {
  /** Undefined when a signal ended it, or it could not even be started. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  /** What QEMU itself said, at most its last 64 KiB. */
  readonly stderr: string;
}

export interface QemuProcess {
  readonly pid: number | undefined;
  readonly ended: Promise<QemuExit>;
  /** True once `ended` is settled. */
  hasEnded(): boolean;
  /** Ends QEMU at once and waits until it is gone. A read-only image and private shares lose nothing. */
  kill(): Promise<void>;
}

export interface QemuOptions {
  /** Takes what QEMU writes to its stdout: the console, where its command line sends that there. */
  readonly onConsole?: (chunk: Uint8Array) => void;
}

const MAX_STDERR_BYTES = 64 * 1024;

/** A process that the kernel cannot end (it waits for a dead disk) must not hold us up, too. */
const KILL_TIMEOUT_MS = 3_000;

/** Something that QEMU started may hold its outputs open for longer than it lives. */
const OUTPUT_TIMEOUT_MS = 1_000;

/**
 * Starts QEMU, in a process group of its own. It is killed when this process ends, however that happens: by
 * setpriv (util-linux), which asks the kernel to, where that is installed.
 */
export async function startQemu(
  command: Command,
  { onConsole }: QemuOptions = {},
): Promise<QemuProcess> {
  const guard = await findProgram("setpriv");
  const [program, ...args] =
    guard === undefined
      ? [command.program, ...command.args]
      : [guard, "--pdeathsig", "KILL", "--", command.program, ...command.args];
  const child = spawn(program, args, {
    stdio: ["ignore", onConsole ? "pipe" : "ignore", "pipe"],
    // Ctrl-C at the terminal is for us to handle, and what a wrapper starts is killed with it.
    detached: true,
    ...(command.directory !== undefined && { cwd: command.directory }),
  });
  const killGroup = () => {
    if (child.pid !== undefined && !hasExited(child)) endGroup(child.pid);
  };
  const forget = atExit(killGroup);
  if (onConsole) child.stdout?.on("data", onConsole);
  let ended = false;
  const exit = waitForEnd(child).finally(() => {
    ended = true;
    forget();
  });
  return {
    pid: child.pid,
    ended: exit,
    hasEnded: () => ended,
    kill: async () => {
      killGroup();
      await Promise.race([exit, delay(KILL_TIMEOUT_MS, undefined, { ref: false })]);
    },
  };
}

async function waitForEnd(child: ChildProcess): Promise<QemuExit> {
  const stderr = new TailBuffer(MAX_STDERR_BYTES);
  child.stderr?.on("data", (chunk: Buffer) => stderr.append(chunk));
  const closed = once(child, "close").catch(() => {});
  try {
    if (!hasExited(child)) await once(child, "exit");
  } catch (error) {
    // It was not started, and there is nothing to wait for.
    return {
      exitCode: undefined,
      signal: undefined,
      stderr: `Cannot run ${child.spawnfile}: ${(error as Error).message}`,
    };
  }
  await Promise.race([closed, delay(OUTPUT_TIMEOUT_MS, undefined, { ref: false })]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  return {
    exitCode: child.exitCode ?? undefined,
    signal: child.signalCode ?? undefined,
    stderr: stderr.toString(),
  };
}

function hasExited(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}
