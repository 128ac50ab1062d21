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
import { addTestingOptions, type TestingOptionValues } from "../testing-options.ts";

type Options = SettingOverrides & OutputOptions & TestingOptionValues & { settings?: string };

export function addTestCommand(program: Command, context: CliContext): void {
  const command = program
    .command("test")
    .description("boot a .gvmi as a provider does and run tests in it")
    .argument("<file>", "the .gvmi");
  addTestingOptions(command);
  addSettingOptions(command, "settings", "vm");
  addOutputOptions(command).action(async (path: string, options: Options) => {
    const { assertTestsPassed, testImage } = await import("../../pipeline/test-image.ts");
    const { runStage } = await import("../../pipeline/progress.ts");
    const { vm, tests, testSources, testFiles } = await commandSettings(".", options);
    const { only, shard, isolation, parallel, failFast, retries, compat } = options;
    const progress = progressFor(context, options);
    const tested: { result?: TestImageResult } = {};
    try {
      await runStage(
        "test",
        progress,
        async () => {
          tested.result = await testImage({
            path,
            vm,
            ...(options.tests
              ? { tests: [], testFiles: options.tests }
              : { tests, testSources, testFiles }),
            only,
            shard,
            isolation,
            parallel,
            failFast,
            retries,
            compatibility: compat,
            settingsPath: options.settings,
            signal: context.signal,
            progress,
          });
          assertTestsPassed(tested.result);
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
