import { readFile } from "node:fs/promises";
import { stripVTControlCharacters } from "node:util";
import { execa } from "execa";
import { findProgram } from "../../system/find-program.ts";
import type { Command } from "../../system/run-command.ts";

/** How QEMU ended. A guest that panics ends it with code 0, because of `-no-reboot`. */
export interface QemuExit {
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

const MAX_STDERR_BYTES = 64 * 1024;

/**
 * Starts QEMU. It is killed when this process ends, however that happens: by setpriv (util-linux), which asks
 * the kernel to, where that is installed.
 */
export async function startQemu(command: Command): Promise<QemuProcess> {
  const guard = await findProgram("setpriv");
  const [program, ...args] =
    guard === undefined
      ? [command.program, ...command.args]
      : [guard, "--pdeathsig", "KILL", "--", command.program, ...command.args];
  const child = execa(program, args, {
    reject: false,
    stdin: "ignore",
    stdout: "ignore",
    stderr: "pipe",
    maxBuffer: MAX_STDERR_BYTES,
    cleanup: true,
  });
  let ended = false;
  const exit = (async (): Promise<QemuExit> => {
    const result = await child;
    ended = true;
    return { exitCode: result.exitCode, signal: result.signal, stderr: String(result.stderr) };
  })();
  return {
    pid: child.pid,
    ended: exit,
    hasEnded: () => ended,
    kill: async () => {
      child.kill("SIGKILL");
      await exit;
    },
  };
}

/**
 * The last lines of a console file, as text that is safe to show: no control characters but newlines.
 * After a kernel panic they end with its message: the stack behind it tells an image's author nothing.
 */
export async function consoleTail(file: string, lines = 15): Promise<string> {
  const text = await readFile(file, "latin1").catch(() => "");
  const all = stripVTControlCharacters(text)
    .replaceAll("\r", "")
    .replaceAll(/[^\n\t\x20-\x7e]/g, "?")
    .split("\n")
    .filter((line) => line.trim() !== "");
  const panic = all.findIndex((line) => line.includes("Kernel panic - not syncing"));
  return (panic === -1 ? all : all.slice(0, panic + 1)).slice(-lines).join("\n");
}
