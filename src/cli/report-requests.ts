import { isAbsolute, relative, resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { UsageError } from "../errors.ts";
import { REPORT_FORMATS, type ReportFormat } from "../lint/format-findings.ts";

/** A report that was asked for: on stdout, or in a file. */
export interface ReportRequest {
  readonly format: ReportFormat;
  readonly file?: string;
}

/** Reads `FORMAT` or `FORMAT=FILE`, one of several. */
export function reportValue(
  text: string,
  previous: readonly ReportRequest[] = [],
): ReportRequest[] {
  const equals = text.indexOf("=");
  const name = equals < 0 ? text : text.slice(0, equals);
  const format = REPORT_FORMATS.find((known) => known === name);
  if (format === undefined || equals === text.length - 1) {
    throw new InvalidArgumentError(`Expected ${REPORT_FORMATS.join(", ")}, or FORMAT=FILE.`);
  }
  return [...previous, equals < 0 ? { format } : { format, file: text.slice(equals + 1) }];
}

/**
 * What is reported: text on stdout when nothing is asked for.
 *
 * @throws {UsageError} when two reports would be mixed in one place
 */
export function chooseReports(options: {
  readonly format?: readonly ReportRequest[];
  readonly json?: boolean;
}): readonly ReportRequest[] {
  const requests: ReportRequest[] = [
    ...(options.json ? [{ format: "json" as const }] : []),
    ...(options.format ?? []),
  ];
  const unique = requests.filter(
    ({ format, file }, index) =>
      requests.findIndex((other) => other.format === format && other.file === file) === index,
  );
  const places = unique.map(({ file }) => (file === undefined ? undefined : resolve(file)));
  const index = places.findIndex((place, position) => places.indexOf(place) !== position);
  const second = unique[index];
  if (second) {
    throw new UsageError(
      `Two reports cannot share ${second.file ?? "stdout"}: ${second.format} would be mixed with another one.`,
      { hint: "Write all but one to files, as in --format sarif=lint.sarif --format text." },
    );
  }
  return unique.length === 0 ? [{ format: "text" }] : unique;
}

/** What paths in reports for other tools start from: the workspace of a workflow, else the working directory. */
export function reportRoot(
  environment: NodeJS.ProcessEnv = process.env,
  workingDirectory = process.cwd(),
): string {
  const workspace = environment.GITHUB_WORKSPACE;
  if (workspace === undefined || !isAbsolute(workspace)) return workingDirectory;
  const path = relative(workspace, workingDirectory);
  return path === ".." || path.startsWith("../") ? workingDirectory : workspace;
}
