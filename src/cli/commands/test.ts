import type { Command } from "commander";
import type { TestImageResult } from "../../pipeline/profile-result.ts";
import { commandSettings } from "../command-settings.ts";
import {
  addOutputOptions,
  type CliContext,
  type OutputOptions,
  progressFor,
  writeResult,
} from "../context.ts";
import { addSettingOptions, type SettingOverrides } from "../setting-options.ts";
import { describeTests, formatTestResult } from "../test-summaries.ts";

type Options = SettingOverrides & OutputOptions & { settings?: string };

export function addTestCommand(program: Command, context: CliContext): void {
  const command = program
    .command("test")
    .description("boot a .gvmi as a provider does and run the settings' tests in it")
    .argument("<file>", "the .gvmi");
  addSettingOptions(command, "settings", "vm");
  addOutputOptions(command).action(async (path: string, options: Options) => {
    const { assertTestsPassed, testImage } = await import("../../pipeline/test-image.ts");
    const { runStage } = await import("../../pipeline/progress.ts");
    const { vm, tests } = await commandSettings(".", options);
    const progress = progressFor(context, options);
    const tested: { result?: TestImageResult } = {};
    try {
      await runStage(
        "test",
        progress,
        async () => {
          tested.result = await testImage({ path, vm, tests, signal: context.signal, progress });
          assertTestsPassed(tested.result, path);
          return tested.result;
        },
        describeTests,
      );
    } finally {
      // Worth having most of all when a test has failed.
      const { result } = tested;
      if (result) writeResult(context, options, result, () => formatTestResult(result));
    }
  });
}
