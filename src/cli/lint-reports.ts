import { writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type Command, Option } from "commander";
import { version } from "../../package.json";
import { UsageError } from "../errors.ts";
import { REPORT_FORMATS } from "../lint/format-findings.ts";
import type { LintReport } from "../pipeline/lint-image.ts";
import { makeDirectories } from "../system/make-directories.ts";
import type { CliContext } from "./context.ts";
import { paintFinding } from "./paint-finding.ts";
import { chooseReports, type ReportRequest, reportRoot, reportValue } from "./report-requests.ts";
import { stylesFor } from "./styles.ts";

export interface LintReportOptionValues {
  lintReport?: ReportRequest[];
}

/** Adds the option to a command that prints something else on stdout. */
export function addLintReportOption(command: Command): Command {
  return command.addOption(
    new Option(
      "--lint-report <format=file>",
      `of the findings: ${REPORT_FORMATS.join(", ")}; in a file (repeatable)`,
    ).argParser(reportValue),
  );
}

/**
 * The reports of findings that such a command writes.
 *
 * @throws {UsageError} when a report has no file, or two share one
 */
export function chooseLintReportFiles({
  lintReport = [],
}: LintReportOptionValues): readonly ReportRequest[] {
  const bare = lintReport.find(({ file }) => file === undefined);
  if (bare) {
    throw new UsageError(`The lint report ${bare.format} needs a file: stdout is for all stages.`, {
      hint: `Name one, as in --lint-report ${bare.format}=FILE.`,
    });
  }
  return lintReport.length === 0 ? [] : chooseReports({ format: lintReport });
}

/** Writes reports of findings, on stdout or in files, each file whole or not at all. */
export async function writeLintReports(
  { findings, sources }: LintReport,
  requests: readonly ReportRequest[],
  context: CliContext,
): Promise<void> {
  if (requests.length === 0) return;
  const { formatFindings } = await import("../lint/format-findings.ts");
  const { describeFindings } = await import("../pipeline/lint-image.ts");
  const root = reportRoot();
  for (const { format, file } of requests) {
    const paint = file === undefined ? paintFinding(stylesFor(context.stdout)) : undefined;
    const options = { sources, root, version, ...(paint && { paint }) };
    const text = await formatFindings(format, findings, options);
    if (file === undefined) {
      context.resultWritten = true;
      const summary = format === "text" ? `lint found ${describeFindings(findings)}\n` : "";
      context.stdout.write(text + summary);
    } else {
      const { replaceFile } = await import("../system/replace-file.ts");
      await makeDirectories(dirname(file));
      await replaceFile(file, (partialPath) => writeFile(partialPath, text));
    }
  }
}
