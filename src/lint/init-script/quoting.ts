import { shellQuote } from "../../system/shell-quote.ts";

/** Quotes a word for a POSIX shell. */
export type WordQuoting = (word: string) => string;

/** As `shellQuote` does, without `${`, which the program that hands the word on may take for a reference of its own. */
export const quoteWordWithoutReferences: WordQuoting = (word) =>
  shellQuote(word).split("${").join("$''{");

/** Whether a text has what `quoteWordWithoutReferences` leaves out. */
export function hasReference(text: string): boolean {
  return text.includes("${");
}

/**
 * A text in double quotes, as YAML, JavaScript and Python read it alike: JSON, with escapes also for what one
 * of them would not take as it is (line separators in YAML, control characters beyond ASCII).
 */
export function quoteText(text: string): string {
  return JSON.stringify(text).replace(
    /[^\x20-\x7E\p{L}\p{M}\p{N}\p{P}\p{S}\p{Co}\u{10000}-\u{10FFFF}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** An argv, as YAML, JavaScript and Python read it alike. */
export function quoteArgv(argv: readonly string[]): string {
  return `[${argv.map(quoteText).join(", ")}]`;
}
