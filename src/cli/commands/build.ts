import type { Command } from "commander";
import type { SettingOverrides } from "../../settings/override-settings.ts";
import { commandSettings } from "../command-settings.ts";
import {
  addOutputOptions,
  type CliContext,
  type OutputOptions,
  progressFor,
  writeResult,
} from "../context.ts";
import { formatTable } from "../format.ts";
import { addSettingOptions } from "../setting-options.ts";

type Options = SettingOverrides & OutputOptions & { settings?: string; output: string };

export function addBuildCommand(program: Command, context: CliContext): void {
  const command = program
    .command("build")
    .description("build a Dockerfile into an image archive, for linux/amd64")
    .argument("[context]", "directory that the Dockerfile copies from", ".")
    .requiredOption("-o, --output <file>", "archive to write");
  addSettingOptions(command, "settings", "dockerfile", "build");
  addOutputOptions(command).action(async (directory: string, options: Options) => {
    const { buildArchive } = await import("../../pipeline/build.ts");
    const { runStage } = await import("../../pipeline/progress.ts");
    const settings = await commandSettings(directory, options);
    const progress = progressFor(context, options);
    const { result } = await runStage(
      "build",
      progress,
      () =>
        buildArchive({
          context: directory,
          settings,
          output: options.output,
          signal: context.signal,
          progress,
        }),
      ({ builder }) => `with ${builder}`,
    );
    writeResult(context, options, result, () =>
      formatTable([
        ["archive", result.path],
        ["format", result.format],
        ["builder", result.builder],
      ]),
    );
  });
}
