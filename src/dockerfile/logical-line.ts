import { SourceText } from "./source-text.ts";

export interface LogicalLine {
  /** Lines that are continued joined into one, without the escape characters. */
  readonly text: SourceText;
  /** Comment lines between them, from their `#` on. */
  readonly comments: readonly SourceText[];
  /** Where the source goes on behind it; here-documents are there. */
  readonly end: number;
}

/**
 * The first logical line of an instruction: lines that end with the escape character are joined with the
 * next one, comment lines and empty lines between them are dropped, and here-documents are left out.
 *
 * @see https://docs.docker.com/reference/dockerfile/#format
 */
export function joinContinuedLines(source: SourceText, escapeCharacter: string): LogicalLine {
  const parts: SourceText[] = [];
  const comments: SourceText[] = [];
  let start = 0;
  for (const [line] of source.text.matchAll(/[^\n]*(?:\n|$)/g)) {
    const content = line.replace(/\r?\n$/, "");
    const indentation = content.length - content.trimStart().length;
    const isFirst = parts.length === 0;
    let isContinued = true;
    if (!isFirst && content.charAt(indentation) === "#") {
      comments.push(source.slice(start + indentation, start + content.length));
    } else if (isFirst || indentation < content.length) {
      const body = content.trimEnd();
      isContinued = body.endsWith(escapeCharacter);
      parts.push(
        source.slice(start, start + body.length - (isContinued ? escapeCharacter.length : 0)),
      );
    }
    start += line.length;
    if (!isContinued || start >= source.text.length) break;
  }
  return { text: SourceText.join(parts), comments, end: start };
}
