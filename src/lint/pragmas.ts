import type { Comment, Dockerfile, Instruction } from "../dockerfile/parse-dockerfile.ts";
import type { Place } from "../dockerfile/source-text.ts";

/** `# golem-lint ignore=GVM003,GVM004 reason` */
export interface Pragma {
  /** Where its `#` stands. */
  readonly place: Place;
  readonly comment: string;
  /** The rules as they are written. */
  readonly rules: readonly string[];
  /** Where the list of rules starts in the comment, and what it is there. */
  readonly list: { readonly index: number; readonly text: string };
  readonly reason: string;
  /** Why it means nothing. */
  readonly problem?: string;
  /** The lines that it is about; all when it stands above the first instruction, none behind the last. */
  readonly lines: { readonly first: number; readonly last: number } | "all" | "none";
}

const FORM = "expected: # golem-lint ignore=GVM003 reason";

/** The comments of a Dockerfile that tell lint what to leave out. */
export function readPragmas(dockerfile: Dockerfile): Pragma[] {
  const pragmas: Pragma[] = [];
  let next = 0;
  for (const comment of dockerfile.comments) {
    const { instructions } = dockerfile;
    const { line } = comment.place;
    while ((instructions[next]?.end.line ?? Number.POSITIVE_INFINITY) < line) next++;
    const pragma = parsePragma(comment);
    if (pragma) pragmas.push({ ...pragma, lines: linesOf(line, instructions, next) });
  }
  return pragmas;
}

/** Whether a finding in this line is what the pragma is about. */
export function covers({ lines }: Pragma, line: number): boolean {
  if (typeof lines === "string") return lines === "all";
  return line >= lines.first && line <= lines.last;
}

function linesOf(
  line: number,
  instructions: readonly Instruction[],
  next: number,
): Pragma["lines"] {
  const instruction = instructions[next];
  if (!instruction) return "none";
  if (next === 0 && line < instruction.place.line) return "all";
  return { first: instruction.place.line, last: instruction.end.line };
}

function parsePragma({ text, place }: Comment): Omit<Pragma, "lines"> | undefined {
  const start = /^#\s*golem-lint(?=$|[\s:=])\s*/.exec(text)?.[0];
  if (start === undefined) return undefined;
  const base = { place, comment: text, rules: [], reason: "", list: { index: 0, text: "" } };
  const rest = text.slice(start.length);
  const keyword = /^ignore=/.exec(rest)?.[0];
  const list = keyword && /^[^\s,]+(?:\s*,\s*[^\s,]+)*/.exec(rest.slice(keyword.length))?.[0];
  if (keyword === undefined || !list) return { ...base, problem: FORM };
  return {
    ...base,
    rules: list.split(",").map((rule) => rule.trim()),
    list: { index: start.length + keyword.length, text: list },
    reason: rest.slice(keyword.length + list.length).trim(),
  };
}
