import type { Place, SourceText } from "./source-text.ts";
import { splitAtSpaces } from "./words.ts";

/** A here-document of COPY, ADD or RUN. */
export interface Heredoc {
  readonly name: string;
  /** Its lines, without the tabs that `<<-` takes away. */
  readonly text: string;
  /** Whether COPY and ADD resolve variables in it: its name is not in quotes. */
  readonly isExpanded: boolean;
  /** Where its first line stands. */
  readonly place: Place;
}

/**
 * The here-documents that the words of a logical line start.
 *
 * @param rest what follows that line in the instruction
 * @see https://docs.docker.com/reference/dockerfile/#here-documents
 */
export function readHeredocs(line: SourceText, rest: SourceText): Heredoc[] {
  const heredocs: Heredoc[] = [];
  let start = 0;
  for (const { text: word } of splitAtSpaces(line)) {
    const [, dash, quote = "", name = ""] = /^\d*<<(-?)(["']?)([\w.-]+)\2$/.exec(word) ?? [];
    if (name === "") continue;
    const lines: string[] = [];
    const place = rest.placeAt(start);
    while (start < rest.text.length) {
      const newline = rest.text.indexOf("\n", start);
      const end = newline < 0 ? rest.text.length : newline;
      const written = rest.text.slice(start, end).replace(/\r$/, "");
      const text = dash ? written.replace(/^\t+/, "") : written;
      start = end + 1;
      if (text === name) break;
      lines.push(`${text}\n`);
    }
    heredocs.push({ name, text: lines.join(""), isExpanded: quote === "", place });
  }
  return heredocs;
}
