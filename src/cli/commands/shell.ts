import type { Command } from "commander";
import type { SettingOverrides } from "../../settings/override-settings.ts";
import { explainSystemError } from "../../system/explain-error.ts";
import { commandSettings } from "../command-settings.ts";
import type { CliContext } from "../context.ts";
import { assertOneProfile } from "../one-profile.ts";
import { writeChunk } from "../output.ts";
import { describeError, exitCodeOf } from "../report-error.ts";
import { addSettingOptions } from "../setting-options.ts";
import type { PipedLines } from "../shell/piped-lines.ts";
import type { TerminalLines as Terminal } from "../shell/terminal-lines.ts";
import { stylesFor } from "../styles.ts";

type Options = SettingOverrides & {
  settings?: string;
  exec?: boolean;
  errexit?: boolean;
  quiet?: boolean;
};

export function addShellCommand(program: Command, context: CliContext): void {
  const command = program
    .command("shell")
    .description("boot a .gvmi and run commands in it, line by line, from a terminal or a pipe")
    .argument("<file>", "the .gvmi")
    .option("--exec", "run each line as a program's path and arguments, without /bin/sh")
    .option("--errexit", "end with the first line that fails")
    .option("-q, --quiet", "say nothing on stderr but errors");
  addSettingOptions(command, "settings", "vm").action(async (path: string, options: Options) => {
    process.exitCode = await runShell(path, options, context);
  });
}

async function runShell(path: string, options: Options, context: CliContext): Promise<number> {
  const { shellInImage } = await import("../../pipeline/shell-in-image.ts");
  const { isInteractive, openLines, showBootProgress } = await import("../shell/open-lines.ts");
  // With the rest of the VM, which other commands would wait for when they start.
  const { TerminalLines } = await import("../shell/terminal-lines.ts");
  const { readHistory, writeHistory } = await import("../shell/history.ts");
  const { describeInformation } = await import("../shell/texts.ts");
  assertOneProfile(options);
  const { vm } = await commandSettings(".", options);
  const { stderr } = context;
  const interactive = isInteractive(context);
  const history = interactive ? await readHistory() : [];
  let lines: PipedLines | Terminal | undefined;
  const write = async (stream: "stdout" | "stderr", chunk: Uint8Array) => {
    if (lines instanceof TerminalLines) lines.onWritten(chunk);
    await writeChunk(context[stream], chunk);
  };
  try {
    return await shellInImage({
      path,
      vm,
      withoutShell: options.exec === true,
      stopOnError: options.errexit === true,
      timeoutMs: options.timeout,
      signal: context.signal,
      onProgress: interactive && !options.quiet ? showBootProgress(context) : undefined,
      onOutput: write,
      onNote: (text) => stderr.write(`note: ${text}\n`),
      explain: explainSystemError,
      show: (information) => context.stdout.write(`${describeInformation(information)}\n`),
      report: (error) => {
        stderr.write(`${describeError(error, stylesFor(stderr))}\n`);
        return exitCodeOf(error);
      },
      openLines: (ready) => {
        lines = openLines(context, ready, { quiet: options.quiet, history });
        return lines;
      },
    });
  } finally {
    lines?.close();
    if (lines instanceof TerminalLines) await writeHistory(lines.history);
  }
}
