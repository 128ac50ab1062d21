import { stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Command, Option } from "commander";
import { version } from "../../package.json";
import { UsageError } from "../errors.ts";
import type { TestImageResult } from "../pipeline/profile-result.ts";
import { TEST_REPORT_FORMATS, type TestReportFormat } from "../report/format-report.ts";
import { formatVerdicts } from "../report/format-verdicts.ts";
import { explainSystemError } from "../system/explain-error.ts";
import { makeDirectories } from "../system/make-directories.ts";
import type { CliContext } from "./context.ts";
import { describeError } from "./report-error.ts";
import { chooseReports, type ReportRequest, reportRoot, reportValueOf } from "./report-requests.ts";
import { stylesFor } from "./styles.ts";
import { formatTestResult } from "./test-summaries.ts";

export type TestReportRequest = ReportRequest<TestReportFormat>;

export interface TestReportOptionValues {
  report?: TestReportRequest[];
  json?: boolean;
}

/** Adds the option to a command. */
export function addTestReportOption(command: Command): Command {
  return command.addOption(
    new Option(
      "--report <format[=file]>",
      `of the tests: ${TEST_REPORT_FORMATS.join(", ")}; on stdout or in a file (repeatable)`,
    ).argParser(reportValueOf(TEST_REPORT_FORMATS)),
  );
}

/**
 * The reports that a command writes. The directories of files are made at once, since a run of an hour whose report
 * has no place is lost.
 *
 * @throws {UsageError} when two reports would be mixed in one place, or a place is a directory
 * @throws an error of the file system
 */
export async function chooseTestReports(
  options: TestReportOptionValues,
): Promise<readonly TestReportRequest[]> {
  const { report, json } = options;
  const requests = chooseReports<TestReportFormat>(
    { ...(report && { format: report }), ...(json && { json }) },
    "--report junit=tests.xml --report text",
  );
  for (const request of requests) if (request.file !== undefined) await prepare(request);
  return requests;
}

async function prepare({ format, file = "" }: TestReportRequest): Promise<void> {
  await makeDirectories(dirname(file));
  const stats = await stat(file).catch(() => undefined);
  if (!stats?.isDirectory()) return;
  throw new UsageError(`The report ${format} cannot be written to ${file}: it is a directory.`, {
    hint: `Name a file, as in --report ${format}=${join(file, "report")}.`,
  });
}

/**
 * The same for a command that prints something else on stdout.
 *
 * @throws {UsageError} when a report has no file
 */
export async function chooseTestReportFiles({
  report = [],
}: TestReportOptionValues): Promise<readonly TestReportRequest[]> {
  const bare = report.find(({ file }) => file === undefined);
  if (bare) {
    throw new UsageError(`The report ${bare.format} needs a file: stdout is for all stages.`, {
      hint: `Name one, as in --report ${bare.format}=FILE.`,
    });
  }
  return report.length === 0 ? [] : chooseTestReports({ report });
}

/** Whether a failure without a result is to be told as JSON, too. */
export function printsJson(requests: readonly TestReportRequest[]): boolean {
  return requests.some(({ format, file }) => format === "json" && file === undefined);
}

/**
 * Writes all reports, each whole or not at all. That one cannot be written hinders no other one.
 *
 * @param isFailure whether there is another error already, which is not to be hidden by one of a report
 * @throws the error of the first report that could not be written, unless `isFailure`
 */
export async function writeTestReports(
  result: TestImageResult,
  requests: readonly TestReportRequest[],
  context: CliContext,
  isFailure: boolean,
): Promise<void> {
  const errors: unknown[] = [];
  for (const request of requests) {
    try {
      await writeReport(result, request, context);
    } catch (error) {
      if (isFailure || errors.length > 0) {
        const message = describeError(explainSystemError(error), stylesFor(context.stderr));
        context.stderr.write(`the report ${request.format} could not be written: ${message}\n`);
      }
      errors.push(error);
    }
  }
  if (errors.length > 0 && !isFailure) throw errors[0];
}

async function writeReport(
  result: TestImageResult,
  { format, file }: TestReportRequest,
  context: CliContext,
): Promise<void> {
  const text = await toText(result, format, file !== undefined, context);
  if (file === undefined) {
    context.resultWritten = true;
    context.stdout.write(text);
  } else {
    const { replaceFile } = await import("../system/replace-file.ts");
    await replaceFile(file, (partialPath) => writeFile(partialPath, text));
  }
}

async function toText(
  result: TestImageResult,
  format: TestReportFormat,
  isFile: boolean,
  { signal }: CliContext,
): Promise<string> {
  if (format === "text") {
    // On a terminal the verdicts have been shown one by one.
    const verdicts = isFile ? `${formatVerdicts(result)}\n\n` : "";
    return `${verdicts}${formatTestResult(result)}\n`;
  }
  const { formatReport } = await import("../report/format-report.ts");
  return formatReport(format, result, {
    root: reportRoot(),
    version,
    size: format === "html" ? await sizeOf(result.image, signal) : undefined,
  });
}

async function sizeOf(image: string, signal: AbortSignal) {
  const { imageSizeTree } = await import("../pipeline/image-size-tree.ts");
  // A run that was interrupted has a report, too.
  return signal.aborted ? undefined : imageSizeTree(image, signal);
}
