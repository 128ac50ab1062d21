import { type Copy, DockerfileParser, type Instruction as ParsedInstruction } from "dockerfile-ast";
import { displayText } from "../system/display-text.ts";
import { type Heredoc, readHeredocs } from "./heredoc.ts";
import { joinContinuedLines } from "./logical-line.ts";
import { type Place, SourceText, splitLines } from "./source-text.ts";

/** One instruction of a Dockerfile. */
export interface Instruction {
  /** In upper case. */
  readonly keyword: string;
  readonly place: Place;
  /** Just behind its last character, here-documents included. */
  readonly end: Place;
  /** What follows the keyword and its flags, on one line. */
  readonly body: SourceText;
  /** Such as `from` for `--from=build`. */
  readonly flags: ReadonlyMap<string, string>;
  readonly heredocs: readonly Heredoc[];
}

/** A line that starts with `#`; directives such as `# escape` are among them. */
export interface Comment {
  /** From its `#` on. */
  readonly text: string;
  readonly place: Place;
}

export interface SyntaxProblem {
  readonly place: Place;
  readonly message: string;
}

export interface Dockerfile {
  /** The file as people see it, without a byte order mark. */
  readonly text: string;
  readonly escapeCharacter: "\\" | "`";
  readonly instructions: readonly Instruction[];
  /** Those between instructions, and between continued lines of one. */
  readonly comments: readonly Comment[];
  /** What keeps a builder, or this parser, from reading the file. */
  readonly problems: readonly SyntaxProblem[];
}

/**
 * Bytes of a line that BuildKit still reads.
 *
 * @see https://github.com/moby/buildkit/blob/v0.15.0/frontend/dockerfile/parser/parser.go
 */
const MAX_LINE_BYTES = 65_535;

const HEREDOC_KEYWORDS = new Set(["ADD", "COPY", "RUN"]);
const KEYWORDS_WITH_FLAGS = new Set(["ADD", "COPY", "FROM", "HEALTHCHECK", "RUN"]);

/**
 * Splits a Dockerfile into instructions with their places. Anything at all can be given: what cannot be
 * read becomes a problem, never an exception.
 */
export function parseDockerfile(source: string): Dockerfile {
  const text = source.startsWith("\uFEFF") ? source.slice(1) : source;
  const empty = { text, escapeCharacter: "\\", instructions: [], comments: [] } as const;
  const binary = text.indexOf("\0");
  const whole = SourceText.of(text);
  if (binary >= 0) {
    const message = "This is not a text file: it has a NUL byte.";
    return { ...empty, problems: [{ place: whole.placeAt(binary), message }] };
  }
  const tooLong = findTooLongLine(text);
  if (tooLong !== undefined) {
    const message = `The line is longer than the ${MAX_LINE_BYTES} bytes that builders read.`;
    return { ...empty, problems: [{ place: { line: tooLong, column: 1 }, message }] };
  }
  try {
    const parsed = DockerfileParser.parse(text);
    const escapeCharacter = parsed.getEscapeCharacter() === "`" ? "`" : "\\";
    const problems: SyntaxProblem[] = [];
    const instructions: Instruction[] = [];
    const comments: Comment[] = [];
    for (const instruction of parsed.getInstructions()) {
      const converted = convert(instruction, whole, escapeCharacter);
      instructions.push(converted.instruction);
      comments.push(...converted.comments);
      problems.push(...findUnfinishedHeredocs(instruction));
    }
    comments.push(...commentsBetween(text, instructions));
    comments.sort((a, b) => a.place.line - b.place.line);
    return { text, escapeCharacter, instructions, comments, problems };
  } catch {
    // The parser gives up by exceptions on some texts that are no Dockerfile by any measure.
    const message = "This cannot be read as a Dockerfile.";
    return { ...empty, problems: [{ place: { line: 1, column: 1 }, message }] };
  }
}

function findTooLongLine(text: string): number | undefined {
  if (text.length <= MAX_LINE_BYTES / 3) return undefined;
  const index = splitLines(text).findIndex((line) => Buffer.byteLength(line) > MAX_LINE_BYTES);
  return index < 0 ? undefined : index + 1;
}

function convert(
  parsed: ParsedInstruction,
  whole: SourceText,
  escapeCharacter: string,
): { instruction: Instruction; comments: Comment[] } {
  const range = parsed.getRange();
  const [start, end] = [toPlace(range.start), toPlace(range.end)];
  const source = whole.slice(whole.indexOf(start), whole.indexOf(end));
  const line = joinContinuedLines(source, escapeCharacter);
  const parts = splitInstruction(line.text);
  const rest = source.slice(line.end);
  const hasHeredocs = HEREDOC_KEYWORDS.has(parts.keyword) && rest.text !== "";
  const heredocs = hasHeredocs ? readHeredocs(line.text, rest) : [];
  return {
    instruction: { ...parts, place: start, end, heredocs },
    comments: line.comments.map((comment) => ({ text: comment.text, place: comment.placeAt(0) })),
  };
}

/** The keyword, the flags and the body of one logical line. */
export function splitInstruction(
  line: SourceText,
): Pick<Instruction, "keyword" | "flags" | "body"> {
  const keyword = /^\S*/.exec(line.text)?.[0] ?? "";
  const { flags, length } = KEYWORDS_WITH_FLAGS.has(keyword.toUpperCase())
    ? readFlags(line.text, keyword.length)
    : { flags: new Map<string, string>(), length: keyword.length };
  const spaces = /^\s*/.exec(line.text.slice(length))?.[0].length ?? 0;
  return {
    keyword: keyword.toUpperCase(),
    flags,
    body: line.slice(length + spaces, line.text.trimEnd().length),
  };
}

function* commentsBetween(text: string, instructions: readonly Instruction[]): Generator<Comment> {
  let next = 0;
  for (const [index, line] of splitLines(text).entries()) {
    while ((instructions[next]?.end.line ?? Number.POSITIVE_INFINITY) < index + 1) next++;
    const instruction = instructions[next];
    if (instruction && instruction.place.line <= index + 1) continue;
    const column = line.length - line.trimStart().length + 1;
    if (line.charAt(column - 1) !== "#") continue;
    yield { text: line.slice(column - 1).trimEnd(), place: { line: index + 1, column } };
  }
}

function readFlags(text: string, start: number) {
  const flags = new Map<string, string>();
  const flag = /\s+--([\w-]+)(?:=(\S*))?(?=\s|$)/y;
  flag.lastIndex = start;
  let length = start;
  for (let match = flag.exec(text); match; match = flag.exec(text)) {
    flags.set(match[1] ?? "", match[2] ?? "");
    length = flag.lastIndex;
  }
  return { flags, length };
}

function* findUnfinishedHeredocs(parsed: ParsedInstruction): Generator<SyntaxProblem> {
  if (!HEREDOC_KEYWORDS.has(parsed.getKeyword()) || !parsed.getTextContent().includes("<<")) return;
  // Only the classes of instructions that can have here-documents make this method public.
  for (const heredoc of (parsed as Copy).getHeredocs()) {
    if (heredoc.getDelimiterRange()) continue;
    const end = displayText(heredoc.getName());
    yield {
      place: toPlace(heredoc.getStartRange().start),
      message: `The here-document has no end: a line ${end} is missing.`,
    };
  }
}

/** From the parser's positions, which count from 0. */
function toPlace({ line, character }: { line: number; character: number }): Place {
  return { line: line + 1, column: character + 1 };
}
