import { isAbsolute, relative, resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { UsageError } from "../errors.ts";
import { REPORT_FORMATS, type ReportFormat } from "../lint/format-findings.ts";

/** A report that was asked for: on stdout, or in a file. */
export interface ReportRequest<Format extends string = ReportFormat> {
  readonly format: Format;
  readonly file?: string;
}

/** What reads `FORMAT` or `FORMAT=FILE`, one of several, of these formats. */
export function reportValueOf<Format extends string>(formats: readonly Format[]) {
  return (
    text: string,
    previous: readonly ReportRequest<Format>[] = [],
  ): ReportRequest<Format>[] => {
    const equals = text.indexOf("=");
    const name = equals < 0 ? text : text.slice(0, equals);
    const format = formats.find((known) => known === name);
    if (format === undefined || equals === text.length - 1) {
      throw new InvalidArgumentError(`Expected ${formats.join(", ")}, or FORMAT=FILE.`);
    }
    return [...previous, equals < 0 ? { format } : { format, file: text.slice(equals + 1) }];
  };
}

/** Reads one of lint's reports. */
export const reportValue = reportValueOf(REPORT_FORMATS);

/**
 * What is reported: text on stdout when nothing is asked for.
 *
 * @param example of several reports, for a person who has mixed them
 * @throws {UsageError} when two reports would be mixed in one place
 */
export function chooseReports<Format extends string = ReportFormat>(
  options: { readonly format?: readonly ReportRequest<Format>[]; readonly json?: boolean },
  example = "--format sarif=lint.sarif --format text",
): readonly ReportRequest<Format | "json" | "text">[] {
  const requests: ReportRequest<Format | "json">[] = [
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
      { hint: `Write all but one to files, as in ${example}.` },
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
