import type { TestImageResult } from "../pipeline/profile-result.ts";
import type { SizeNode } from "./size-node.ts";

export const TEST_REPORT_FORMATS = [
  "text",
  "json",
  "junit",
  "tap",
  "tap13",
  "github",
  "markdown",
  "html",
] as const;

export type TestReportFormat = (typeof TEST_REPORT_FORMATS)[number];

export interface TestReportOptions {
  /** The directory that paths in annotations are relative to: the checkout. */
  readonly root: string;
  /** Of this program. */
  readonly version: string;
  /** Where the image's bytes are, when that is known. */
  readonly size?: SizeNode | undefined;
}

/** A report of a run; each format is loaded when it is asked for. Text is for the edge to make. */
export async function formatReport(
  format: Exclude<TestReportFormat, "text">,
  result: TestImageResult,
  options: TestReportOptions,
): Promise<string> {
  switch (format) {
    case "json":
      return (await import("./format-json.ts")).formatJson(result);
    case "junit":
      return (await import("./format-junit.ts")).formatJunit(result);
    case "tap":
      return (await import("./format-tap.ts")).formatTap(result, 14);
    case "tap13":
      return (await import("./format-tap.ts")).formatTap(result, 13);
    case "github":
      return (await import("./format-annotations.ts")).formatAnnotations(result, options.root);
    case "markdown":
      return (await import("./format-markdown.ts")).formatMarkdown(result);
    case "html":
      return (await import("./html/format-html.ts")).formatHtml(result, options);
  }
}
