import { displayText } from "../../system/display-text.ts";
import { shellQuote } from "../../system/shell-quote.ts";
import { isShellName } from "./init-commands.ts";
import { comments } from "./notes.ts";
import type { ServiceDescription } from "./service.ts";

/**
 * The variables as a file for `set -a; . FILE`, written so that programs which read such files themselves
 * understand it, too, wherever both have a form in common.
 */
export function dotenvFile({ variables, unknownVariables }: ServiceDescription): string {
  const head = [
    "ENV of the image, which most providers drop. Transfer it into a volume and set it with each command:",
    '["/bin/sh", "-c", "set -a; . /golem/input/.env; exec PROGRAM"]',
  ];
  return [
    comments(head, "#"),
    ...variables.map(({ name, value }) => {
      if (!isShellName(name)) return `# A shell cannot set ${displayText(name)}.\n`;
      const quoted = quoteValue(value);
      return `${quoted.isForShellsOnly ? "# The next value is for shells only.\n" : ""}${name}=${quoted.text}\n`;
    }),
    ...unknownVariables.map((name) => `# Only the build knows ${displayText(name)}.\n`),
  ].join("");
}

/** Others know no `'\''`, read a backslash in quotes as an escape, or change line ends. */
function quoteValue(value: string): { text: string; isForShellsOnly: boolean } {
  if (!value.includes("'")) {
    return { text: value === "" ? "" : shellQuote(value), isForShellsOnly: /[\\\r]/.test(value) };
  }
  const isPlain = !/["$`\\\n\r]/.test(value);
  return isPlain
    ? { text: `"${value}"`, isForShellsOnly: false }
    : { text: shellQuote(value), isForShellsOnly: true };
}
