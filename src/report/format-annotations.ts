import { reportPath } from "../lint/report-path.ts";
import type { ProfileResult, TestImageResult } from "../pipeline/profile-result.ts";
import { printableText } from "../system/printable-text.ts";
import { workflowCommand } from "../system/workflow-command.ts";
import { casesOf, type ReportCase, reasonsOf } from "./report-cases.ts";
import { clipText } from "./text-budget.ts";

/** More is not read in the narrow column where it is shown. */
const MESSAGE_CHARACTERS = 4096;

/**
 * What failed, and what is flaky, as workflow commands, which GitHub shows beside the lines of a pull request.
 *
 * @param root the directory that paths are relative to: the checkout
 */
export function formatAnnotations(result: TestImageResult, root: string): string {
  return result.profiles
    .flatMap((profile) =>
      casesOf(profile).map((reportCase) => annotation(reportCase, profile, root)),
    )
    .join("");
}

function annotation(reportCase: ReportCase, { profile }: ProfileResult, root: string): string {
  const { name, verdict, test, repeatCommand } = reportCase;
  if (verdict !== "failed" && verdict !== "flaky") return "";
  const reasons = reasonsOf(reportCase).map((text) => clipText(text, MESSAGE_CHARACTERS));
  const message = [
    ...(verdict === "flaky" ? [`It passed at attempt ${test?.attempts}.`] : []),
    ...reasons,
    `Repeat it: ${repeatCommand}`,
  ].join("\n");
  const source = test?.source;
  return workflowCommand(
    verdict === "failed" ? "error" : "warning",
    {
      ...(source && { file: printableText(reportPath(source.file, root)), line: source.line }),
      title: printableText(`${name} (${profile})`),
    },
    printableText(message),
  );
}
