import type { Dockerfile } from "../dockerfile/parse-dockerfile.ts";
import { type Place, splitLines } from "../dockerfile/source-text.ts";
import { splitAtSpaces } from "../dockerfile/words.ts";
import type { Fix } from "./finding.ts";

const PLAIN_PATH = /^\/[\w./-]+$/;

/**
 * Corrects a VOLUME whose paths are clear, though it is not written as builders read it: `/a,/b`, and
 * `['/a', '/b']` or `[/a, /b]`. Such a volume works neither in containers nor in VMs, so nobody relies on it.
 *
 * @param place of one of its paths
 */
export function volumeFix(dockerfile: Dockerfile, place: Place): Fix | undefined {
  const instruction = dockerfile.instructions.find(
    ({ keyword, place: start, end }) =>
      keyword === "VOLUME" && start.line <= place.line && place.line <= end.line,
  );
  if (!instruction) return undefined;
  const { body } = instruction;
  const list = /^\[(.*)\]$/s.exec(body.text)?.[1];
  if (list !== undefined) {
    const paths = list.split(",").map((item) => item.trim().replace(/^'([^']*)'$/, "$1"));
    if (!paths.every((path) => PLAIN_PATH.test(path))) return undefined;
    const text = `[${paths.map((path) => JSON.stringify(path)).join(", ")}]`;
    return replace(dockerfile, body.placeAt(0), body.text, text);
  }
  const word = splitAtSpaces(body).find(
    (candidate) => candidate.place.line === place.line && candidate.place.column === place.column,
  );
  const paths = word?.text.split(",").filter((path) => path !== "") ?? [];
  if (!word?.text.includes(",") || paths.length === 0) return undefined;
  if (!paths.every((path) => PLAIN_PATH.test(path))) return undefined;
  return replace(dockerfile, word.place, word.text, paths.join(" "));
}

/** What is continued on another line is left to its author. */
function replace(
  { text }: Dockerfile,
  start: Place,
  written: string,
  replacement: string,
): Fix | undefined {
  const line = splitLines(text)[start.line - 1] ?? "";
  if (!line.startsWith(written, start.column - 1)) return undefined;
  const end = { line: start.line, column: start.column + written.length };
  return { edits: [{ start, end, text: replacement }] };
}
