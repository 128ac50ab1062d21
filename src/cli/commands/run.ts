import type { Command } from "commander";
import { describeConversion } from "../../pipeline/describe-conversion.ts";
import { describeTests } from "../../pipeline/describe-tests.ts";
import type { RunResult } from "../../pipeline/run.ts";
import type { SettingOverrides } from "../../settings/override-settings.ts";
import { explainError } from "../../system/explain-error.ts";
import { commandSettings } from "../command-settings.ts";
import {
  addOutputOptions,
  type CliContext,
  type OutputOptions,
  progressFor,
  writeResult,
} from "../context.ts";
import { formatTable } from "../format.ts";
import {
  addLintReportOption,
  chooseLintReportFiles,
  type LintReportOptionValues,
  writeLintReports,
} from "../lint-reports.ts";
import { paintFinding } from "../paint-finding.ts";
import { errorToJson } from "../report-error.ts";
import { addSettingOptions } from "../setting-options.ts";
import { stylesFor } from "../styles.ts";
import { resultRows } from "../summaries.ts";
import {
  addTestReportOption,
  chooseTestReportFiles,
  type TestReportOptionValues,
  writeTestReports,
} from "../test-reports.ts";
import { formatTestResult } from "../test-summaries.ts";

type Options = SettingOverrides &
  OutputOptions &
  LintReportOptionValues &
  TestReportOptionValues & { settings?: string };

export function addRunCommand(program: Command, context: CliContext): void {
  const command = program
    .command("run")
    .description("lint, build, convert, test and publish")
    .argument("[context]", "directory that the Dockerfile copies from", ".")
    .option("-o, --output <file>", "the .gvmi to write (default: NAME.gvmi)");
  addSettingOptions(
    command,
    ...(["settings", "dockerfile", "lint", "build", "convert", "vm", "publish"] as const),
  );
  addLintReportOption(command);
  addTestReportOption(command);
  addOutputOptions(command).action(async (directory: string, options: Options) => {
    const lintRequests = chooseLintReportFiles(options);
    const requests = await chooseTestReportFiles(options);
    const { runAllStages } = await import("../../pipeline/run.ts");
    const settings = await commandSettings(directory, options);
    const result: RunResult = { timings: {} };
    try {
      await runAllStages(
        {
          context: directory,
          settings,
          signal: context.signal,
          progress: progressFor(context, options),
          onLint: (report) => writeLintReports(report, lintRequests, context),
          summaries: {
            convert: describeConversion,
            test: describeTests,
            publish: ({ url }) => url,
            paintFinding: paintFinding(stylesFor(context.stderr)),
          },
        },
        result,
      );
    } catch (thrown) {
      const error = await explainError(thrown, context.signal);
      // What the stages before it have found is worth having, most of all when one of them fails.
      writeResult(context, options, { ...result, error: errorToJson(error) }, () => "");
      if (result.test) await writeTestReports(result.test, requests, context, true);
      throw error;
    }
    if (result.test) await writeTestReports(result.test, requests, context, false);
    writeResult(context, options, result, () => describeRun(result));
  });
}

function describeRun(result: RunResult): string {
  const table = formatTable(resultRows(result));
  return result.test && result.test.profiles.length > 1
    ? `${formatTestResult(result.test)}\n\n${table}`
    : table;
}
