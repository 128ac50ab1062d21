import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { version } from "../../../package.json";
import type { Finding } from "../../lint/finding.ts";
import { describeFinding } from "../../lint/finding-text.ts";
import { formatGithub } from "../../lint/format-github.ts";
import { formatSarif } from "../../lint/format-sarif.ts";
import { reportPath } from "../../lint/report-path.ts";
import type { LintReport } from "../../pipeline/lint-image.ts";
import { type ActionContext, setOutputs } from "../action-context.ts";
import type { StageValue } from "../results/stage-record.ts";
import { makeWorkDirectory } from "../work-directory.ts";

type SeenFinding = NonNullable<StageValue["findings"]>[number];

/**
 * Shows findings where they are: as annotations at lines of the Dockerfile, as SARIF, and in the summary.
 *
 * @param known those that an earlier stage has annotated
 */
export async function reportFindings(
  { findings, sources }: LintReport,
  known: readonly SeenFinding[],
  context: ActionContext,
  value: StageValue,
): Promise<void> {
  const { log, workspace } = context;
  const seen = findings.map((finding) => toSeen(finding, workspace));
  value.findings = seen;
  const sarif = join(await makeWorkDirectory(context), "lint.sarif");
  await writeFile(sarif, formatSarif(findings, { sources, root: workspace, version }));
  setOutputs({ "lint-sarif": sarif });
  const before = new Set(known.map((finding) => JSON.stringify(finding)));
  const added = findings.filter((_, index) => !before.has(JSON.stringify(seen[index])));
  log.commands(formatGithub(added, workspace));
}

function toSeen(finding: Finding, root: string): SeenFinding {
  const { rule, severity, file, line } = finding;
  return { rule, severity, file: reportPath(file, root), line, message: describeFinding(finding) };
}
