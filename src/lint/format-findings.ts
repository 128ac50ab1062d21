import type { Finding } from "./finding.ts";
import type { TextFormatOptions } from "./format-text.ts";

export const REPORT_FORMATS = ["text", "json", "sarif", "checkstyle", "github"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface ReportOptions {
  /** The texts of files that findings name. */
  readonly sources: ReadonlyMap<string, string>;
  /** The directory that paths in reports for other tools are relative to. */
  readonly root: string;
  /** Of this program. */
  readonly version: string;
  readonly paint?: TextFormatOptions["paint"];
}

/** A report of findings in a format; each is loaded when it is asked for, so that lint starts quickly. */
export async function formatFindings(
  format: ReportFormat,
  findings: readonly Finding[],
  options: ReportOptions,
): Promise<string> {
  switch (format) {
    case "text":
      return (await import("./format-text.ts")).formatText(findings, options);
    case "json":
      return (await import("./format-json.ts")).formatJson(findings);
    case "sarif":
      return (await import("./format-sarif.ts")).formatSarif(findings, options);
    case "checkstyle":
      return (await import("./format-checkstyle.ts")).formatCheckstyle(findings, options.root);
    case "github":
      return (await import("./format-github.ts")).formatGithub(findings, options.root);
  }
}
