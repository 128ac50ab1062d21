import type { Command } from "commander";
import type { BuiltImage, LintReport } from "../../pipeline/lint-image.ts";
import type { SettingOverrides } from "../../settings/override-settings.ts";
import type { Settings } from "../../settings/settings.ts";
import { commandSettings } from "../command-settings.ts";
import { addOutputOptions, type CliContext, type OutputOptions } from "../context.ts";
import { writeLintReports } from "../lint-reports.ts";
import { chooseReports, type ReportRequest, reportValue } from "../report-requests.ts";
import { addSettingOptions } from "../setting-options.ts";

type Options = SettingOverrides &
  OutputOptions & { settings?: string; image?: string; format?: ReportRequest[]; fix?: boolean };

export function addLintCommand(program: Command, context: CliContext): void {
  const command = program
    .command("lint")
    .description("tell what in a Dockerfile, and in its image, will not work on Golem")
    .argument("[context]", "directory of the Dockerfile", ".")
    .option("--image <source>", "look into this image, too (docker:NAME, an archive, or a .gvmi)")
    .option(
      "--format <format[=file]>",
      "text, json, sarif, checkstyle or github, on stdout or in a file (repeatable)",
      reportValue,
    )
    .option("--fix", "apply the safe cures to the Dockerfile, and report what is left");
  addSettingOptions(command, "settings", "dockerfile", "build", "lint");
  addOutputOptions(command).action(async (directory: string, options: Options) => {
    const requests = chooseReports(options);
    context.json = requests.some(({ format, file }) => format === "json" && file === undefined);
    const { assertLintPassed } = await import("../../pipeline/lint-image.ts");
    const settings = await commandSettings(directory, options);
    const report = await withImage(options.image, settings, context, (image) =>
      fixAndLint(settings, image, options, context),
    );
    await writeLintReports(report, requests, context);
    assertLintPassed(report, settings.lint);
  });
}

async function withImage<T>(
  source: string | undefined,
  settings: Settings,
  { signal }: CliContext,
  body: (image?: BuiltImage) => Promise<T>,
): Promise<T> {
  if (source === undefined) return body();
  // Most of the program, which a Dockerfile alone does not need.
  const { withSourceImage } = await import("../../pipeline/source-image.ts");
  return withSourceImage(source, { signal, limits: settings.convert.limits }, body);
}

async function fixAndLint(
  settings: Settings,
  image: BuiltImage | undefined,
  options: Options,
  context: CliContext,
): Promise<LintReport> {
  const { lintImage } = await import("../../pipeline/lint-image.ts");
  if (options.fix) {
    const { fixDockerfile } = await import("../../pipeline/fix-dockerfile.ts");
    const count = await fixDockerfile({ settings, image });
    if (!options.quiet) {
      context.stderr.write(`fixed ${count} of the findings in ${settings.dockerfile}\n`);
    }
  }
  return lintImage({ settings, image });
}
