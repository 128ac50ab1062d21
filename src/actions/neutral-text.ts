import { printableText } from "../system/printable-text.ts";

/**
 * Text that may come from an image, a guest, a Dockerfile or a server, as the log can hold it: no line of it is a
 * workflow command. The runner takes `::` at the start of a line, whatever space is before it, and `##[` anywhere.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function neutralText(text: string): string {
  return printableText(text.replaceAll("\r", "\n"))
    .split("\n")
    .map((line) => line.replace(/^(\s*):(?=:)/u, "$1: ").replace(/#(?=#\[)/gu, "# "))
    .join("\n");
}
