import type { Finding } from "../lint/finding.ts";
import { formatText, type TextFormatOptions } from "../lint/format-text.ts";
import { stampOf } from "../publish/file-stamp.ts";
import type { PublishResult } from "../publish/publish.ts";
import type { Settings } from "../settings/settings.ts";
import { withTemporaryDirectory } from "../system/temporary.ts";
import { type BuildResult, buildInto } from "./build.ts";
import { conversionOptions } from "./conversion-settings.ts";
import { type ConvertResult, convertArchive } from "./convert.ts";
import {
  assertLintPassed,
  describeFindings,
  type LintReport,
  type LintResult,
  lintImage,
} from "./lint-image.ts";
import { type Progress, runStage, type StageName } from "./progress.ts";
import { publishImage } from "./publish-image.ts";
import { assertWithinBudget } from "./size-budget.ts";
import { assertTestsPassed, type TestImageResult, testImage } from "./test-image.ts";

export interface RunInput {
  /** The directory that the Dockerfile copies from. */
  readonly context: string;
  readonly settings: Settings;
  readonly signal?: AbortSignal;
  readonly progress: Progress;
  /** Gets what lint has found before the build, and again, with all that it has found, behind it. */
  readonly onLint?: (report: LintReport) => Promise<void>;
  /** How each stage's result is summed up in one line. */
  readonly summaries: {
    convert(result: ConvertResult): string;
    test(result: TestImageResult): string;
    publish(result: PublishResult): string;
    paintFinding?: TextFormatOptions["paint"];
  };
}

/** What `run --json` prints: the result of each stage that has ended; null for one that was left out. */
export interface RunResult {
  lint?: LintResult;
  build?: BuildResult;
  convert?: ConvertResult;
  test?: TestImageResult;
  publish?: PublishResult | null;
  /** Milliseconds. */
  timings: Partial<Record<StageName, number>>;
}

/**
 * Takes a Dockerfile the whole way: lint, build, convert, test, publish. The image is linted again when it
 * has been built, now with its files.
 *
 * @param result filled in stage by stage, so that it holds what was done when a later stage throws
 * @throws the error of the first stage that fails
 */
export async function runAllStages(input: RunInput, result: RunResult): Promise<void> {
  const { settings, progress, signal, summaries } = input;
  const { context } = input;
  const output = settings.convert.output ?? `${settings.name}.gvmi`;
  const timed = async <T>(
    stage: StageName,
    body: () => Promise<T>,
    summarize: (value: T) => string,
  ) => {
    const { result: value, milliseconds } = await runStage(stage, progress, body, summarize);
    result.timings[stage] = milliseconds;
    return value;
  };

  await timed(
    "lint",
    () => lintBefore(input, result),
    ({ findings }) => describeFindings(findings),
  );
  await withTemporaryDirectory(async (outputDirectory) => {
    const { archive, ...build } = await timed(
      "build",
      () => buildInto({ context, settings, signal, progress, outputDirectory }),
      ({ builder }) => `with ${builder}`,
    );
    result.build = build;
    result.convert = await timed(
      "convert",
      () =>
        convertArchive({
          source: archive,
          output,
          ...conversionOptions(settings.convert),
          signal,
          onProgress: (detail) => progress.detail(detail),
          onWarning: (message) => progress.note(`warning: ${message}`),
          onImage: (image) => lintAfter(input, result, { name: settings.name, ...image }),
        }),
      summaries.convert,
    );
  });
  if (result.convert) {
    assertWithinBudget(result.convert.size, settings.convert, (message) =>
      progress.note(`warning: ${message}`),
    );
  }
  const converted = result.convert && { ...result.convert, stamp: await stampOf(output) };
  await timed(
    "test",
    async () => {
      const { vm, tests, testSources, testFiles } = settings;
      result.test = await testImage({
        path: output,
        vm,
        tests,
        testSources,
        testFiles,
        signal,
        progress,
      });
      assertTestsPassed(result.test);
      return result.test;
    },
    summaries.test,
  );
  const { to } = settings.publish;
  if (to === undefined) {
    result.publish = null;
    progress.stageSkipped(
      "publish",
      "no target; set publish.to, or use --to registry or --to directory:DIR",
    );
    return;
  }
  result.publish = await timed(
    "publish",
    () =>
      publishImage({
        path: output,
        name: settings.name,
        ...(converted && { converted }),
        ...settings.publish,
        to,
        signal,
        progress,
      }),
    summaries.publish,
  );
}

async function lintBefore(input: RunInput, result: RunResult): Promise<LintReport> {
  const report = await lintImage({ settings: input.settings });
  result.lint = { findings: report.findings };
  showFindings(report.findings, report, input);
  await input.onLint?.(report);
  assertLintPassed(report, input.settings.lint);
  return report;
}

/** Reports what the built image adds to what its Dockerfile has already told. */
async function lintAfter(
  input: RunInput,
  result: RunResult,
  image: Parameters<typeof lintImage>[0]["image"],
): Promise<void> {
  const known = new Set(result.lint?.findings.map((finding) => JSON.stringify(finding)));
  const report = await lintImage({ settings: input.settings, image });
  const added = report.findings.filter((finding) => !known.has(JSON.stringify(finding)));
  result.lint = { findings: report.findings };
  showFindings(added, report, input);
  await input.onLint?.(report);
  assertLintPassed(report, input.settings.lint);
}

function showFindings(
  findings: readonly Finding[],
  { sources }: LintReport,
  { progress, summaries }: RunInput,
): void {
  const { paintFinding: paint } = summaries;
  const text = formatText(findings, { sources, ...(paint && { paint }) }).trimEnd();
  if (text !== "") progress.note(text);
}
