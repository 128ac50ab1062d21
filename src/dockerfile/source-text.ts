/** What ends a line in an editor, and in the parser whose places these are. */
const LINE_END = /\r\n|\r|\n/g;

/** The lines of a text, without what ends them. */
export function splitLines(text: string): string[] {
  return text.split(LINE_END);
}

/** A place in a text; both from 1, columns counted in UTF-16 code units as editors do. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Text made of parts of a Dockerfile, which knows where each of its characters stands there. */
export class SourceText {
  private constructor(
    readonly text: string,
    private readonly offsets: readonly number[],
    private readonly lineStarts: readonly number[],
  ) {}

  static of(text: string): SourceText {
    const lineStarts = [0];
    for (const { 0: end, index } of text.matchAll(LINE_END)) lineStarts.push(index + end.length);
    return new SourceText(
      text,
      Array.from({ length: text.length }, (_, index) => index),
      lineStarts,
    );
  }

  /** The index of a place in a text that is not made of parts. */
  indexOf({ line, column }: Place): number {
    return (this.lineStarts[line - 1] ?? this.text.length) + column - 1;
  }

  slice(start: number, end: number = this.text.length): SourceText {
    return new SourceText(
      this.text.slice(start, end),
      this.offsets.slice(start, end),
      this.lineStarts,
    );
  }

  static join(parts: readonly SourceText[]): SourceText {
    return new SourceText(
      parts.map(({ text }) => text).join(""),
      parts.flatMap(({ offsets }) => offsets),
      parts[0]?.lineStarts ?? [0],
    );
  }

  /** Where the character at an index stands; for the end of the text, just behind its last one. */
  placeAt(index: number): Place {
    const offset = this.offsets[index] ?? (this.offsets.at(-1) ?? -1) + 1;
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.lineStarts[low] ?? 0) + 1 };
  }
}
