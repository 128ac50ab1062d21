import { conventionalGuestExitCode, describeStartFailure } from "../checks/judge.ts";
import { UsageError } from "../errors.ts";
import type { CommandMachine, LineRunner, LineRunnerOptions } from "./line-runner.ts";
import { splitWords } from "./split-words.ts";

/**
 * Runs each line as one command, for images without a shell: its words are the program, by its absolute
 * path, and the arguments. Nothing is carried from line to line.
 */
export class ArgvRunner implements LineRunner {
  readonly #machine: CommandMachine;
  readonly #options: LineRunnerOptions;

  constructor(
    machine: CommandMachine,
    readonly directory: string,
    options: LineRunnerOptions,
  ) {
    this.#machine = machine;
    this.#options = options;
  }

  async run(line: string, _status: number, signal: AbortSignal): Promise<number> {
    const [program, ...rest] = splitWords(line);
    if (!program?.startsWith("/")) {
      throw new UsageError(
        `The line must begin with the absolute path of a program in the image, not ${JSON.stringify(program ?? "")}: there is no shell here, and a Golem VM has no PATH search.`,
        { hint: "Write /path/to/program and its arguments, or !help." },
      );
    }
    const { timeoutMs, onOutput, onNote } = this.#options;
    const argv = [program, ...rest] as const;
    const exit = await this.#machine.run({ argv, timeoutMs, onOutput, signal });
    if (exit.couldNotStart !== undefined) onNote?.(describeStartFailure(exit.couldNotStart));
    return conventionalGuestExitCode(exit);
  }
}
