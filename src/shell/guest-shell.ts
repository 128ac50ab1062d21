import { conventionalGuestExitCode } from "../checks/judge.ts";
import { asClause, DeadlineError } from "../errors.ts";
import type { GuestCommand } from "../vm/guest-command.ts";
import { CommandStartError } from "../vm/guest-errors.ts";
import type { CommandMachine, LineRunner, LineRunnerOptions } from "./line-runner.ts";
import { lineScript, makeMarker } from "./line-script.ts";
import {
  parseReportedState,
  type ReportedState,
  type ShellState,
  stateAfter,
} from "./shell-state.ts";
import { StateScanner } from "./state-scanner.ts";

const SHELL = "/bin/sh";

/** Until a shell has said that it is there; it takes a tenth of a second under emulation. */
const PROBE_TIMEOUT_MS = 30_000;

export interface UnusableShell {
  readonly problem: string;
}

const AT_ROOT: ShellState = {
  directory: "/",
  previousDirectory: "",
  exports: new Map(),
  unset: [],
};

/**
 * Runs each line in a new `/bin/sh` of the guest, as a provider runs commands, and carries the working
 * directory and the exported variables from one to the next. Other variables, functions, aliases and options
 * last for their line; so does everything of a line that ends its shell itself (`exit`, `exec`) or is killed.
 */
export class GuestShell implements LineRunner {
  readonly #machine: CommandMachine;
  readonly #options: LineRunnerOptions;
  readonly #fresh: ReportedState;
  #state: ShellState;

  private constructor(
    machine: CommandMachine,
    options: LineRunnerOptions,
    fresh: ReportedState,
    directory: string,
  ) {
    this.#machine = machine;
    this.#options = options;
    this.#fresh = fresh;
    this.#state = { ...AT_ROOT, directory };
  }

  /**
   * @param directory where the first line begins
   * @returns why no shell can be started there, as a clause, when that is so
   */
  static async start(
    machine: CommandMachine,
    directory: string,
    options: LineRunnerOptions,
  ): Promise<GuestShell | UnusableShell> {
    const command = { directory, timeoutMs: PROBE_TIMEOUT_MS, onOutput: () => {} };
    try {
      const { state, couldNotStart } = await runScript(machine, ":", 0, AT_ROOT, command);
      if (state) return new GuestShell(machine, options, state, directory);
      return { problem: couldNotStart ?? `${SHELL} does not behave like a shell` };
    } catch (error) {
      if (!(error instanceof CommandStartError)) throw error;
      return { problem: asClause(error) };
    }
  }

  get directory(): string {
    return this.#state.directory;
  }

  async run(line: string, status: number, signal: AbortSignal): Promise<number> {
    // The script itself goes to the line's directory, which may be gone by now.
    const { timeoutMs, onOutput } = this.#options;
    const command = { directory: "/", timeoutMs, onOutput, signal };
    const ran = await runScript(this.#machine, line, status, this.#state, command).catch(
      (error) => {
        throw error instanceof DeadlineError ? lineTimedOut(line, this.#options, error) : error;
      },
    );
    if (ran.state) this.#state = stateAfter(ran.state, this.#fresh);
    return ran.status;
  }
}

interface RanLine {
  readonly status: number;
  readonly state: ReportedState | undefined;
  readonly couldNotStart: string | undefined;
}

async function runScript(
  machine: CommandMachine,
  line: string,
  status: number,
  state: ShellState,
  command: Omit<GuestCommand, "argv">,
): Promise<RanLine> {
  const marker = makeMarker();
  const scanner = new StateScanner(marker);
  const exit = await machine.run({
    ...command,
    argv: [SHELL, "-c", lineScript(line, status, state, marker)],
    onOutput: (stream, chunk) =>
      passOn(stream, stream === "stdout" ? scanner.push(chunk) : chunk, command.onOutput),
  });
  await passOn("stdout", scanner.end(), command.onOutput);
  return {
    status: conventionalGuestExitCode(exit),
    couldNotStart: exit.couldNotStart,
    state: scanner.state === undefined ? undefined : parseReportedState(scanner.state),
  };
}

async function passOn(
  stream: "stdout" | "stderr",
  chunk: Uint8Array,
  onOutput: GuestCommand["onOutput"],
): Promise<void> {
  if (chunk.length > 0) await onOutput(stream, chunk);
}

function lineTimedOut(
  line: string,
  { timeoutMs = 0 }: LineRunnerOptions,
  cause: DeadlineError,
): DeadlineError {
  return new DeadlineError(
    `${JSON.stringify(line)} did not end within ${timeoutMs / 1000} s and was killed.`,
    { hint: "Allow it more time with --timeout, or find what it waits for.", cause },
  );
}
