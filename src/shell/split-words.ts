import { UsageError } from "../errors.ts";

/** Escapes of `$'...'` that stand for one character; `\nnn` and `\xhh` are numbers. */
const ANSI_ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  E: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/**
 * One piece of a word, or what is between words. Double quotes and a bare backslash take the next character
 * as it is; within double quotes the backslash stays before others than `$`, backquote, `"` and itself.
 */
const PIECE =
  /'(?<single>[^']*)'|"(?<double>(?:[^"\\]|\\[\s\S])*)"|\$'(?<ansi>(?:[^'\\]|\\[\s\S])*)'|\\(?<escaped>[\s\S])|(?<newline>\n)|(?<blank>[ \t\r]+)|(?!\$')(?<plain>[^'"\\ \t\r\n])/y;

/**
 * Divides text into commands, one a line, and these into words, with the quotes and backslashes of sh and
 * the `$'...'` of later shells. Nothing is expanded: `$HOME`, `*` and `;` are characters as others are.
 *
 * @throws {UsageError} when a quote has no end
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02
 */
export function splitCommands(text: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = () => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  const piece = new RegExp(PIECE);
  while (piece.lastIndex < text.length) {
    const { lastIndex } = piece;
    const groups = piece.exec(text)?.groups;
    if (!groups) throw unfinished(text.slice(lastIndex));
    if (groups.newline !== undefined) endCommand();
    else if (groups.blank !== undefined) endWord();
    else word = (word ?? "") + textOf(groups);
  }
  endCommand();
  return commands;
}

/**
 * The words of one line.
 *
 * @throws {UsageError} when a quote has no end
 */
export function splitWords(line: string): string[] {
  return splitCommands(line).flat();
}

function textOf(groups: Record<string, string | undefined>): string {
  const { single, double, ansi, escaped, plain } = groups;
  if (double !== undefined) return double.replaceAll(/\\([$`"\\])/g, "$1").replaceAll("\\\n", "");
  if (ansi !== undefined) return ansi.replaceAll(ANSI_ESCAPE, unescapeAnsi);
  if (escaped === "\n") return "";
  return single ?? escaped ?? plain ?? "";
}

/** Numbers are bytes: a run of them can be one character in UTF-8. */
const ANSI_ESCAPE = /(?<bytes>(?:\\[0-7]{1,3}|\\x[0-9A-Fa-f]{1,2})+)|\\(?<one>[\s\S])/g;

function unescapeAnsi(_: string, bytes?: string, one = ""): string {
  if (bytes === undefined) return ANSI_ESCAPES[one] ?? one;
  const numbers = bytes.split("\\").slice(1);
  return Buffer.from(
    numbers.map((number) =>
      number.startsWith("x") ? Number.parseInt(number.slice(1), 16) : Number.parseInt(number, 8),
    ),
  ).toString("utf8");
}

function unfinished(rest: string): UsageError {
  const what = rest.startsWith("\\") ? "A backslash ends the line" : "A quote has no end";
  return new UsageError(`${what}: ${rest.slice(0, 60)}`, {
    hint: "Words are divided as in sh: quote one that has blanks with '...' or \"...\".",
  });
}
