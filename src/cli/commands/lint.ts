import type { Command } from "commander";
import { commandSettings } from "../command-settings.ts";
import { addOutputOptions, type CliContext, type OutputOptions, writeResult } from "../context.ts";
import { paintFinding } from "../paint-finding.ts";
import { addSettingOptions, type SettingOverrides } from "../setting-options.ts";

type Options = SettingOverrides & OutputOptions & { settings?: string; image?: string };

export function addLintCommand(program: Command, context: CliContext): void {
  const command = program
    .command("lint")
    .description("tell what in a Dockerfile, and in its image, will not work on Golem")
    .argument("[context]", "directory of the Dockerfile", ".")
    .option("--image <source>", "look into this image, too (docker:NAME, or an archive)");
  addSettingOptions(command, "settings", "dockerfile", "build", "lint");
  addOutputOptions(command).action(async (directory: string, options: Options) => {
    const { assertLintPassed, describeFindings, lintImage } = await import(
      "../../pipeline/lint-image.ts"
    );
    const { withSourceImage } = await import("../../pipeline/source-image.ts");
    const settings = await commandSettings(directory, options);
    const report =
      options.image === undefined
        ? await lintImage({ settings })
        : await withSourceImage(options.image, { signal: context.signal }, (image) =>
            lintImage({ settings, image }),
          );
    const { formatText } = await import("../../lint/format-text.ts");
    const { findings, sources } = report;
    writeResult(
      context,
      options,
      { findings },
      (styles) =>
        formatText(findings, { sources, paint: paintFinding(styles) }) +
        `lint found ${describeFindings(findings)}`,
    );
    assertLintPassed(report, settings.lint);
  });
}
