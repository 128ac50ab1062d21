import { type Copy, DockerfileParser, type Instruction as ParsedInstruction } from "dockerfile-ast";
import { displayText } from "../system/display-text.ts";
import { joinContinuedLines } from "./logical-line.ts";
import { type Place, SourceText, splitLines } from "./source-text.ts";

/** One instruction of a Dockerfile. */
export interface Instruction {
  /** In upper case. */
  readonly keyword: string;
  readonly place: Place;
  /** What follows the keyword and its flags, on one line. */
  readonly body: SourceText;
  /** Such as `from` for `--from=build`. */
  readonly flags: ReadonlyMap<string, string>;
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
  const empty = { text, escapeCharacter: "\\", instructions: [] } as const;
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
    for (const instruction of parsed.getInstructions()) {
      instructions.push(convert(instruction, whole, escapeCharacter));
      problems.push(...findUnfinishedHeredocs(instruction));
    }
    return { text, escapeCharacter, instructions, problems };
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
): Instruction {
  const { start, end } = parsed.getRange();
  const source = whole.slice(whole.indexOf(toPlace(start)), whole.indexOf(toPlace(end)));
  const line = joinContinuedLines(source, escapeCharacter);
  const keyword = /^\S*/.exec(line.text)?.[0] ?? "";
  const { flags, length } = KEYWORDS_WITH_FLAGS.has(keyword.toUpperCase())
    ? readFlags(line.text, keyword.length)
    : { flags: new Map<string, string>(), length: keyword.length };
  const spaces = /^\s*/.exec(line.text.slice(length))?.[0].length ?? 0;
  return {
    keyword: keyword.toUpperCase(),
    place: toPlace(start),
    body: line.slice(length + spaces, line.text.trimEnd().length),
    flags,
  };
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
