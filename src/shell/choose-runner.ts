import { ArgvRunner } from "./argv-runner.ts";
import { GuestShell, type UnusableShell } from "./guest-shell.ts";
import type { CommandMachine, LineRunner, LineRunnerOptions } from "./line-runner.ts";

export interface RunnerOptions extends LineRunnerOptions {
  /** Of the image. */
  readonly workingDirectory: string;
  /** Whether lines are commands even where there is a shell. */
  readonly withoutShell: boolean;
}

export interface ChosenRunner {
  readonly runner: LineRunner;
  /** Whether lines are run by the image's sh, or as commands. */
  readonly mode: "shell" | "exec";
  /** What the person must know of the image before the first line, as full sentences. */
  readonly warning?: string;
}

/**
 * Finds out how lines can be run in this image: by its `/bin/sh`, in its working directory, as everything on a
 * provider; where that directory cannot be used, in `/`; and without a shell as commands.
 *
 * @throws {VmError} when the VM ends
 */
export async function chooseRunner(
  machine: CommandMachine,
  options: RunnerOptions,
): Promise<ChosenRunner> {
  const { workingDirectory, withoutShell } = options;
  const byArgv = new ArgvRunner(machine, workingDirectory, options);
  if (withoutShell) return { runner: byArgv, mode: "exec" };
  const shell = await GuestShell.start(machine, workingDirectory, options);
  if (isUsable(shell)) return { runner: shell, mode: "shell" };
  const shellAtRoot =
    workingDirectory === "/" ? shell : await GuestShell.start(machine, "/", options);
  if (!isUsable(shellAtRoot)) {
    const warning = `No /bin/sh starts in this image, so each line is run as a command (${shellAtRoot.problem}).`;
    return { runner: byArgv, mode: "exec", warning };
  }
  return {
    runner: shellAtRoot,
    mode: "shell",
    warning: `On a provider no command of this image would start (${shell.problem}). This session begins in / instead.`,
  };
}

function isUsable(shell: GuestShell | UnusableShell): shell is GuestShell {
  return shell instanceof GuestShell;
}
