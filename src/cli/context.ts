import type { Command } from "commander";
import type { Progress } from "../pipeline/progress.ts";
import { createProgress, silentProgress } from "./progress.ts";
import { type Styles, stylesFor } from "./styles.ts";

/** What a command gets from the process it runs in. */
export interface CliContext {
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborted with an InterruptedError by Ctrl-C and SIGTERM. */
  readonly signal: AbortSignal;
  /** Whether the running command was asked for JSON, which then also describes a failure. */
  json: boolean;
  resultWritten: boolean;
}

/** Options that every command has. */
export interface OutputOptions {
  json?: boolean;
  quiet?: boolean;
}

export function addOutputOptions(command: Command): Command {
  return command
    .option("--json", "print the result as one JSON object on stdout")
    .option("-q, --quiet", "say nothing on stderr but errors");
}

/** Progress goes to stderr, so that stdout holds the result and nothing else. */
export function progressFor(context: CliContext, options: OutputOptions): Progress {
  if (options.quiet) return silentProgress;
  return createProgress(context.stderr, stylesFor(context.stderr));
}

/** Writes a command's result: as one JSON object, or as text. */
export function writeResult(
  context: CliContext,
  options: OutputOptions,
  result: object,
  toText: (styles: Styles) => string,
): void {
  context.resultWritten = true;
  const text = options.json ? JSON.stringify(result, null, 2) : toText(stylesFor(context.stdout));
  if (text !== "") context.stdout.write(`${text}\n`);
}
