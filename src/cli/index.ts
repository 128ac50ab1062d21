#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { UsageError } from "../errors.ts";
import { exitWhenIdle } from "../system/exit-when-idle.ts";
import { explainError, explainSystemError } from "../system/explain-error.ts";
import { abortOnInterruption } from "../system/interruption.ts";
import { addCommands } from "./commands/index.ts";
import type { CliContext } from "./context.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { describeError, errorToJson, exitCodeOf } from "./report-error.ts";
import { stylesFor } from "./styles.ts";

async function main(): Promise<void> {
  const context: CliContext = {
    stdout: process.stdout,
    stderr: process.stderr,
    signal: abortOnInterruption(process),
    json: false,
    resultWritten: false,
  };
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head`) is no failure of ours.
    if (error.code === "EPIPE") process.exit();
    process.exit(reportFailure(explainSystemError(error), { ...context, resultWritten: true }));
  });
  // Nobody sees the progress then, which is no reason to end the work.
  process.stderr.on("error", () => {});
  const program = new Command("golem-image")
    .description("Lint, build, convert, boot, test and publish Golem VM images (.gvmi).")
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    .hook("preAction", (_, command) => {
      context.json = command.opts().json === true;
    });
  addCommands(program, context);
  let hasEnded = false;
  // Node ends with code 0 when nothing is left that could settle what is waited for.
  exitWhenIdle(() => {
    if (hasEnded) return;
    process.exitCode = reportFailure(new Error("Nothing is going on any more."), context);
  });
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    process.exitCode = reportFailure(await explainError(error, context.signal), context);
  }
  hasEnded = true;
}

function reportFailure(error: unknown, context: CliContext): number {
  // Commander has already said what is wrong; help and version end this way with code 0.
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    if (asksForJson(process.argv)) {
      writeJsonError(new UsageError(error.message.replace(/^error: /, "")), context);
    }
    return EXIT_CODES.usage;
  }
  if (context.json && !context.resultWritten) writeJsonError(error, context);
  context.stderr.write(`${describeError(error, stylesFor(context.stderr))}\n`);
  return exitCodeOf(error);
}

/** For a command line that could not be parsed: what comes after `--` is for the guest. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end === -1 ? undefined : end).includes("--json");
}

function writeJsonError(error: unknown, { stdout }: CliContext): void {
  stdout.write(`${JSON.stringify({ error: errorToJson(error) }, null, 2)}\n`);
}

main();
