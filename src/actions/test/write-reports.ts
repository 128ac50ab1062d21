import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { version } from "../../../package.json";
import { imageSizeTree } from "../../pipeline/image-size-tree.ts";
import type { TestImageResult } from "../../pipeline/profile-result.ts";
import { formatReport, type TestReportFormat } from "../../report/format-report.ts";
import { replaceFile } from "../../system/replace-file.ts";
import type { ActionContext } from "../action-context.ts";

const FILES: readonly (readonly [Exclude<TestReportFormat, "text">, string])[] = [
  ["json", "result.json"],
  ["junit", "junit.xml"],
  ["html", "report.html"],
];

/** Writes the reports into a directory, each whole or not at all. */
export async function writeReports(
  result: TestImageResult,
  directory: string,
  { workspace, signal }: ActionContext,
): Promise<void> {
  const size = signal.aborted ? undefined : await imageSizeTree(result.image, signal);
  for (const [format, name] of FILES) {
    const text = await formatReport(format, result, { root: workspace, version, size });
    await replaceFile(join(directory, name), (partialPath) => writeFile(partialPath, text));
  }
}
