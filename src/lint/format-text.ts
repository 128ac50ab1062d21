import { splitLines } from "../dockerfile/source-text.ts";
import { escapeControls } from "../system/display-text.ts";
import type { Finding } from "./finding.ts";

export interface TextFormatOptions {
  /** The texts of files that findings name, for the lines below them. */
  readonly sources?: ReadonlyMap<string, string>;
  /** Colours part of the text, as a terminal can; nothing is by default. */
  readonly paint?: (
    part: "error" | "warning" | "info" | "place" | "source",
    text: string,
  ) => string;
}

/** Stands before a cure, below the message. */
const CURE = "      = cure: ";

/** The most of a source line that is shown, in characters. */
const MAX_WIDTH = 100;

/**
 * Findings for people: `file:line:column: severity GVM001: message`, then the line with a caret, then the cure.
 *
 * @returns lines, each ended by a newline; empty when there are no findings
 */
export function formatText(findings: readonly Finding[], options: TextFormatOptions = {}): string {
  const paint = options.paint ?? ((_, text) => text);
  const lines = new Map<string, string[]>();
  for (const [file, text] of options.sources ?? []) {
    lines.set(file, splitLines(text.replace(/^\uFEFF/, "")));
  }
  return findings
    .map(({ rule, severity, file, line, column, message, cure, fix }) => {
      const place = paint("place", `${escapeControls(file)}:${line}:${column}:`);
      const head = `${place} ${paint(severity, `${severity} ${rule}`)}: ${escapeControls(message)}\n`;
      const source = lines.get(file)?.[line - 1];
      const quoted = source === undefined ? "" : paint("source", quote(source, line, column));
      const advice = [cure, fix && "lint --fix does this."].filter(Boolean).join(" ");
      return head + quoted + (advice === "" ? "" : `${CURE}${escapeControls(advice)}\n`);
    })
    .join("");
}

function quote(source: string, line: number, column: number): string {
  // Tabs and what has no width would move the caret away from its character.
  const plain = source.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, " ");
  const start = Math.max(0, Math.min(column - 1 - MAX_WIDTH / 2, plain.length - MAX_WIDTH));
  const shown = plain.slice(start, start + MAX_WIDTH);
  const before = [...shown.slice(0, column - 1 - start)].length;
  const gutter = String(line).padStart(5);
  return `${gutter} | ${shown.trimEnd()}\n${" ".repeat(gutter.length)} | ${" ".repeat(before)}^\n`;
}
