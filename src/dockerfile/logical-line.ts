import { SourceText } from "./source-text.ts";

/**
 * The first logical line of an instruction: lines that end with the escape character are joined with the
 * next one, comment lines and empty lines between them are dropped, and here-documents are left out.
 *
 * @see https://docs.docker.com/reference/dockerfile/#format
 */
export function joinContinuedLines(source: SourceText, escapeCharacter: string): SourceText {
  const parts: SourceText[] = [];
  let start = 0;
  for (const [line] of source.text.matchAll(/[^\n]*(?:\n|$)/g)) {
    const content = line.replace(/\r?\n$/, "");
    const isFirst = parts.length === 0;
    if (isFirst || (content.trim() !== "" && !content.trimStart().startsWith("#"))) {
      const body = content.trimEnd();
      const isContinued = body.endsWith(escapeCharacter);
      parts.push(
        source.slice(start, start + body.length - (isContinued ? escapeCharacter.length : 0)),
      );
      if (!isContinued) break;
    }
    start += line.length;
    if (start >= source.text.length) break;
  }
  return SourceText.join(parts);
}
