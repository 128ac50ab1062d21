import { workflowCommand } from "../system/workflow-command.ts";
import type { Finding, Severity } from "./finding.ts";
import { describeFinding } from "./finding-text.ts";
import { reportPath } from "./report-path.ts";

const COMMANDS: Readonly<Record<Severity, "error" | "warning" | "notice">> = {
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
      const properties = {
        file: reportPath(file, root),
        line,
        col: column,
        title: `golem-image ${rule}`,
      };
      return workflowCommand(COMMANDS[severity], properties, describeFinding(finding));
    })
    .join("");
}
