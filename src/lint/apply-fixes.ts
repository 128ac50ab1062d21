import { type Place, splitLines } from "../dockerfile/source-text.ts";
import type { Edit, Finding } from "./finding.ts";

export interface FixedText {
  readonly text: string;
  /** How many findings were cured. */
  readonly count: number;
}

/** A cure can make another one possible; more rounds than this would be a mistake of a rule. */
const MAX_ROUNDS = 10;

/**
 * Applies safe cures until none is left, so that a second run changes nothing. All else keeps its form:
 * line ends, a byte order mark, comments and blanks.
 *
 * @param lint what there is to cure in a text
 */
export function fixText(text: string, lint: (text: string) => readonly Finding[]): FixedText {
  let fixed: FixedText = { text, count: 0 };
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = applyFixes(fixed.text, lint(fixed.text));
    if (next.text === fixed.text) break;
    fixed = { text: next.text, count: fixed.count + next.count };
  }
  return fixed;
}

/**
 * Applies the edits of findings to the text that they were found in. Of fixes that touch each other the
 * first one is applied; a fix is applied as a whole or not at all.
 */
export function applyFixes(text: string, findings: readonly Finding[]): FixedText {
  const mark = text.startsWith("\uFEFF") ? "\uFEFF" : "";
  const body = text.slice(mark.length);
  const lineEnd = /\r\n|\n/.exec(body)?.[0] ?? "\n";
  const toOffset = offsets(body);
  const taken = new Taken(body.length);
  const accepted: Replacement[] = [];
  let count = 0;
  for (const { fix } of findings) {
    const replacements = (fix?.edits ?? []).map((edit) => replacement(edit, toOffset, lineEnd));
    if (replacements.length === 0 || !taken.take(replacements)) continue;
    accepted.push(...replacements);
    count++;
  }
  accepted.sort((a, b) => a.start - b.start || a.end - b.end);
  const parts: string[] = [];
  let index = 0;
  for (const { start, end, text: inserted } of accepted) {
    parts.push(body.slice(index, start), inserted);
    index = end;
  }
  return { text: mark + parts.join("") + body.slice(index), count };
}

interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

function replacement(
  { start, end, text }: Edit,
  toOffset: (place: Place) => number,
  lineEnd: string,
): Replacement {
  return {
    start: toOffset(start),
    end: toOffset(end),
    text: text.replace(/\r\n|\n/g, lineEnd),
  };
}

/** Which characters, and which gaps before characters, have been edited. */
class Taken {
  private readonly marks: Uint8Array;

  constructor(length: number) {
    this.marks = new Uint8Array(2 * length + 1);
  }

  /** @returns false, and takes nothing, when one of them is taken or turned around */
  take(replacements: readonly Replacement[]): boolean {
    const ranges = replacements
      .map(({ start, end }) =>
        start === end ? [2 * start, 2 * start + 1] : [2 * start + 1, 2 * end],
      )
      .sort(([a = 0], [b = 0]) => a - b);
    let last = 0;
    for (const [from = 0, to = 0] of ranges) {
      if (from >= to || from < last || this.marks.subarray(from, to).includes(1)) return false;
      last = to;
    }
    for (const [from, to] of ranges) this.marks.fill(1, from, to);
    return true;
  }
}

/** From places to indexes; a place behind the end of its line or of the text is that end. */
function offsets(text: string): (place: Place) => number {
  const starts = [0];
  for (const { 0: end, index } of text.matchAll(/\r\n|\r|\n/g)) starts.push(index + end.length);
  const lines = splitLines(text);
  return ({ line, column }) =>
    line > lines.length
      ? text.length
      : (starts[line - 1] ?? 0) + Math.min(column - 1, lines[line - 1]?.length ?? 0);
}
