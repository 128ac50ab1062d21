import { escapeControls } from "../system/display-text.ts";
import type { Finding } from "./finding.ts";
import { describeFinding } from "./finding-text.ts";
import { reportPath } from "./report-path.ts";

/** The version of Checkstyle whose XML this is; readers ask for one. */
const CHECKSTYLE_VERSION = "4.3";

/**
 * Findings as Checkstyle's XML, which many tools of continuous integration read.
 *
 * @param root the directory that paths are relative to
 * @see https://github.com/checkstyle/checkstyle/blob/master/src/main/java/com/puppycrawl/tools/checkstyle/XMLLogger.java
 */
export function formatCheckstyle(findings: readonly Finding[], root: string): string {
  const byFile = new Map<string, Finding[]>();
  for (const finding of findings) {
    byFile.set(finding.file, [...(byFile.get(finding.file) ?? []), finding]);
  }
  const files = [...byFile].map(([file, own]) =>
    [
      `  <file name=${attribute(reportPath(file, root))}>\n`,
      ...own.map((finding) => `    ${errorElement(finding)}\n`),
      "  </file>\n",
    ].join(""),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="${CHECKSTYLE_VERSION}">\n${files.join("")}</checkstyle>\n`;
}

function errorElement(finding: Finding): string {
  const { rule, severity, line, column } = finding;
  const message = attribute(describeFinding(finding));
  return `<error line="${line}" column="${column}" severity="${severity}" message=${message} source="golem-image.${rule}"/>`;
}

/** A quoted value. Characters that XML cannot hold in any form are written as escapes of JSON. */
function attribute(text: string): string {
  const escaped = escapeControls(text)
    .replace(/[\uFFFE\uFFFF]/g, "\uFFFD")
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return `"${escaped}"`;
}
