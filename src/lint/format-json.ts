import type { Finding } from "./finding.ts";

/** Raised when a key changes its meaning or goes; new keys may come without it. */
const VERSION = 1;

/** What `lint --json` prints. */
export interface LintJson {
  readonly version: typeof VERSION;
  readonly findings: readonly Finding[];
}

export function toLintJson(findings: readonly Finding[]): LintJson {
  return { version: VERSION, findings };
}

/** Findings for programs, as one JSON object. */
export function formatJson(findings: readonly Finding[]): string {
  return `${JSON.stringify(toLintJson(findings), null, 2)}\n`;
}
