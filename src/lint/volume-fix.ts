import type { Dockerfile } from "../dockerfile/parse-dockerfile.ts";
import { type Place, type SourceText, splitLines } from "../dockerfile/source-text.ts";
import { splitAtSpaces, type Word } from "../dockerfile/words.ts";
import type { Fix } from "./finding.ts";

const PLAIN_PATH = /^\/[\w./-]+$/;
/** Plain paths, each in quotes or in none, with commas or blanks between them. */
const LISTED_PATHS = /^\s*(?:(?:"\/[\w./-]+"|'\/[\w./-]+'|\/[\w./-]+)(?:\s*,\s*|\s+|$))+$/;

/**
 * Corrects VOLUMEs whose paths are clear, though they are not written as builders read them: `/a,/b`, and
 * `['/a', '/b']`, `[/a, /b]`, `["/a" "/b"]` or `["/a",]`. They work neither in containers nor in VMs, so nobody relies on them.
 *
 * @returns the fix for the volume at a place
 */
export function volumeFixes(dockerfile: Dockerfile): (place: Place) => Fix | undefined {
  const lines = splitLines(dockerfile.text);
  const fixes = new Map<string, Fix>();
  for (const { keyword, body } of dockerfile.instructions) {
    if (keyword !== "VOLUME") continue;
    const words = splitAtSpaces(body);
    const list = /^\[(.*)\]$/s.exec(body.text)?.[1];
    const whole = list === undefined ? undefined : listFix(list, body, lines);
    for (const word of words) {
      const fix = list === undefined ? wordFix(word, lines) : whole;
      if (fix) fixes.set(keyOf(word.place), fix);
    }
  }
  return (place) => fixes.get(keyOf(place));
}

const keyOf = ({ line, column }: Place) => `${line}:${column}`;

function listFix(list: string, body: SourceText, lines: readonly string[]): Fix | undefined {
  if (!LISTED_PATHS.test(list)) return undefined;
  const paths = list.match(/\/[\w./-]+/g) ?? [];
  const text = `[${paths.map((path) => JSON.stringify(path)).join(", ")}]`;
  return replace(lines, { text: body.text, place: body.placeAt(0) }, text);
}

function wordFix(word: Word, lines: readonly string[]): Fix | undefined {
  if (!word.text.includes(",")) return undefined;
  const paths = word.text.split(",").filter((path) => path !== "");
  if (paths.length === 0 || !paths.every((path) => PLAIN_PATH.test(path))) return undefined;
  return replace(lines, word, paths.join(" "));
}

/** What is continued on another line is left to its author. */
function replace(
  lines: readonly string[],
  { text, place }: Word,
  replacement: string,
): Fix | undefined {
  if (!lines[place.line - 1]?.startsWith(text, place.column - 1)) return undefined;
  const end = { line: place.line, column: place.column + text.length };
  return { edits: [{ start: place, end, text: replacement }] };
}
