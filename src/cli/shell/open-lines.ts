import type { ReadyShell } from "../../pipeline/shell-in-image.ts";
import type { CliContext } from "../context.ts";
import { stylesFor } from "../styles.ts";
import { PipedLines } from "./piped-lines.ts";
import { TerminalLines } from "./terminal-lines.ts";
import { describePrompt, plainWelcome, welcome } from "./texts.ts";

/** Whether a person sits at both ends: prompts go to stderr, so that stdout holds what commands write. */
export function isInteractive({ stderr }: CliContext): boolean {
  return process.stdin.isTTY === true && stderr.isTTY === true;
}

const CLEAR_LINE = "\r\x1b[2K";

/** Shows what the boot is doing, in one line that the next thing replaces. */
export function showBootProgress(context: CliContext): (text: string) => void {
  return (text) => context.stderr.write(`${CLEAR_LINE}${text} ...`);
}

/** Says what there is, and opens the terminal or the pipe. */
export function openLines(
  context: CliContext,
  ready: ReadyShell,
  options: { readonly quiet?: boolean; readonly history: readonly string[] },
): PipedLines | TerminalLines {
  const { stderr, signal } = context;
  const styles = stylesFor(stderr);
  const interactive = isInteractive(context);
  if (interactive) stderr.write(CLEAR_LINE);
  if (!options.quiet) stderr.write(`${(interactive ? welcome : plainWelcome)(ready, styles)}\n`);
  if (!interactive) return new PipedLines(process.stdin, signal);
  return new TerminalLines({
    input: process.stdin,
    output: stderr,
    history: options.history,
    prompt: (content) => describePrompt(content, styles),
    signal,
  });
}
