import type { Finding, Severity } from "./finding.ts";
import { describeFinding } from "./finding-text.ts";
import { reportPath } from "./report-path.ts";

const COMMANDS: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  info: "notice",
};

/**
 * Findings as workflow commands, which GitHub shows beside the lines of a pull request.
 *
 * @param root the directory that paths are relative to: the checkout
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function formatGithub(findings: readonly Finding[], root: string): string {
  return findings
    .map((finding) => {
      const { rule, severity, file, line, column } = finding;
      const properties = Object.entries({
        file: reportPath(file, root),
        line,
        col: column,
        title: `golem-image ${rule}`,
      }).map(([key, value]) => `${key}=${escapeProperty(String(value))}`);
      const message = escapeData(describeFinding(finding));
      return `::${COMMANDS[severity]} ${properties.join(",")}::${message}\n`;
    })
    .join("");
}

/** @see https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function escapeData(text: string): string {
  return text.replace(/[%\r\n]/g, percent);
}

function escapeProperty(text: string): string {
  return text.replace(/[%\r\n:,]/g, percent);
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
