import { constants } from "node:os";
import type { Readable } from "node:stream";
import { execa, type Options, type ResultPromise } from "execa";
import { MissingToolError, UsageError } from "../errors.ts";
import { TailBuffer } from "./limited-buffer.ts";

/** A command as data: what pure functions build and tests compare whole. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly directory?: string;
}

export interface RunOptions {
  /** Ends the command (SIGTERM, then SIGKILL after 5 s) when aborted. */
  signal?: AbortSignal;
  /** What ends the command in place of SIGTERM. */
  endSignal?: NodeJS.Signals;
  /** Milliseconds until the command is ended. */
  timeoutMs?: number;
  /** Called with each line of stdout and stderr as it comes. */
  onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /** What is written to the command's stdin; nothing (an empty stdin) otherwise. */
  input?: string | Uint8Array | AsyncIterable<Uint8Array>;
}

export interface CommandResult {
  /** Undefined when a signal ended the command. */
  exitCode: number | undefined;
  signal: string | undefined;
  stdout: string;
  stderr: string;
  timedOut: boolean;
}

/** The most that is kept of each stream: its end, where a failure explains itself. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * Runs a command without a shell and returns how it ended; a non-zero exit code is a result, not an error.
 *
 * @throws {MissingToolError} when the program is not installed or not executable
 * @throws the abort reason when `signal` is aborted
 */
export async function runCommand(
  command: Command,
  options: RunOptions = {},
): Promise<CommandResult> {
  options.signal?.throwIfAborted();
  const child = execa(command.program, [...command.args], childOptions(command, options));
  const stdout = keepEnd(child.stdout);
  const stderr = keepEnd(child.stderr);
  const followed = options.onLine && followLines(child, options.onLine);
  const result = await child;
  await followed;
  options.signal?.throwIfAborted();
  if (result.code === "ENOENT" || result.code === "EACCES") {
    throw new MissingToolError(
      `Cannot run ${command.program}: ${result.code === "ENOENT" ? "it is not installed" : "permission denied"}.`,
      {
        hint: "Run `npm run setup` in the project, or install it with your package manager.",
        cause: result,
      },
    );
  }
  if (result.code === "E2BIG") {
    throw new UsageError(
      `Cannot run ${command.program}: its arguments are too long for the system.`,
      {
        hint: "Shorten the build arguments or other values that it is given.",
        cause: result,
      },
    );
  }
  return {
    exitCode: result.exitCode,
    signal: result.signal,
    stdout: stdout.toString(),
    stderr: stderr.toString(),
    timedOut: result.timedOut,
  };
}

function keepEnd(stream: Readable): TailBuffer {
  const kept = new TailBuffer(MAX_OUTPUT_BYTES);
  stream.on("data", (chunk: Buffer) => kept.append(chunk));
  return kept;
}

function childOptions(command: Command, options: RunOptions) {
  return {
    reject: false,
    stdin: options.input === undefined ? "ignore" : "pipe",
    ...(options.input !== undefined && {
      ...(typeof options.input === "string" || options.input instanceof Uint8Array
        ? { input: options.input }
        : { stdin: options.input }),
    }),
    ...(options.signal && { cancelSignal: options.signal }),
    ...(options.timeoutMs !== undefined && { timeout: options.timeoutMs }),
    ...(command.directory !== undefined && { cwd: command.directory }),
    ...(command.environment && { env: { ...command.environment } }),
    ...(options.endSignal && { killSignal: options.endSignal }),
    // The outputs are kept here: execa would end a command that prints too much.
    buffer: false,
    forceKillAfterDelay: 5000,
    stripFinalNewline: false,
  } satisfies Options;
}

/** Ends when every line was handed on: a last line without a newline comes later than the command's end. */
async function followLines(
  child: ResultPromise,
  onLine: NonNullable<RunOptions["onLine"]>,
): Promise<void> {
  const follow = async (stream: "stdout" | "stderr") => {
    for await (const line of child.iterable({ from: stream })) onLine(String(line), stream);
  };
  // The command's end, which the caller awaits, reports the same failures.
  await Promise.allSettled([follow("stdout"), follow("stderr")]);
}

/** The shell's convention for a command's end as one number: its code, or 128 + the signal's number. */
export function conventionalExitCode(result: Pick<CommandResult, "exitCode" | "signal">): number {
  if (result.exitCode !== undefined) return result.exitCode;
  const number = constants.signals[result.signal as NodeJS.Signals] as number | undefined;
  return 128 + (number ?? 0);
}
