import type { Place } from "../dockerfile/source-text.ts";

export const SEVERITIES = ["error", "warning", "info"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Replaces what stands from `start` up to `end`; the same place twice inserts. */
export interface Edit {
  readonly start: Place;
  readonly end: Place;
  readonly text: string;
}

/** Edits of the Dockerfile that belong together. */
export interface Fix {
  readonly edits: readonly Edit[];
}

/** What a rule found, as `--json` prints it: these keys and no others. */
export interface Finding {
  /** Such as `GVM001`. */
  readonly rule: string;
  readonly severity: Severity;
  /** The Dockerfile as it was given, or the image's name when there is no Dockerfile. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly message: string;
  /** What to do about it, where the message does not say so. */
  readonly cure?: string;
  readonly fix?: Fix;
}

/** Whether a finding is at or above the threshold, so that the run fails. */
export function reachesThreshold(
  findings: readonly Finding[],
  failOn: Severity | "never",
): boolean {
  if (failOn === "never") return false;
  const limit = SEVERITIES.indexOf(failOn);
  return findings.some(({ severity }) => SEVERITIES.indexOf(severity) <= limit);
}

/** The order of reports: by file, line, column, rule. */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    compareText(a.file, b.file) ||
    a.line - b.line ||
    a.column - b.column ||
    compareText(a.rule, b.rule) ||
    compareText(a.message, b.message)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
