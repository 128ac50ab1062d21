#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { version } from "../../package.json";
import { addCommands } from "./commands/index.ts";
import type { CliContext } from "./context.ts";
import { EXIT_CODES } from "./exit-codes.ts";
import { abortOnInterruption } from "./interruption.ts";
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
  // A reader that has seen enough (`| head`) is no failure of ours.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit();
    throw error;
  });
  const program = new Command("golem-image")
    .description("Lint, build, convert, boot, test and publish Golem VM images (.gvmi).")
    .version(version)
    .enablePositionalOptions()
    .exitOverride()
    .hook("preAction", (_, command) => {
      context.json = command.opts().json === true;
    });
  addCommands(program, context);
  try {
    await program.parseAsync(process.argv);
  } catch (error) {
    process.exitCode = reportFailure(error, context);
  }
}

function reportFailure(error: unknown, context: CliContext): number {
  // Commander has already said what is wrong; help and version end this way with code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.usage;
  if (context.json && !context.resultWritten) {
    context.stdout.write(`${JSON.stringify({ error: errorToJson(error) }, null, 2)}\n`);
  }
  context.stderr.write(`${describeError(error, stylesFor(context.stderr))}\n`);
  return exitCodeOf(error);
}

main();
