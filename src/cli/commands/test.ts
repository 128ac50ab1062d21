import type { Command } from "commander";
import { describeTests } from "../../pipeline/describe-tests.ts";
import type { TestImageResult } from "../../pipeline/profile-result.ts";
import { chosenTests } from "../../settings/chosen-tests.ts";
import type { SettingOverrides } from "../../settings/override-settings.ts";
import { commandSettings } from "../command-settings.ts";
import { addOutputOptions, type CliContext, type OutputOptions, progressFor } from "../context.ts";
import { addSettingOptions } from "../setting-options.ts";
import {
  addTestReportOption,
  chooseTestReports,
  printsJson,
  type TestReportOptionValues,
  writeTestReports,
} from "../test-reports.ts";
import { addTestingOptions, type TestingOptionValues } from "../testing-options.ts";

type Options = SettingOverrides &
  OutputOptions &
  TestingOptionValues &
  TestReportOptionValues & { settings?: string };

export function addTestCommand(program: Command, context: CliContext): void {
  const command = program
    .command("test")
    .description("boot a .gvmi as a provider does and run tests in it")
    .argument("<file>", "the .gvmi");
  addTestingOptions(command);
  addTestReportOption(command);
  addSettingOptions(command, "settings", "vm");
  addOutputOptions(command).action(async (path: string, options: Options) => {
    const requests = await chooseTestReports(options);
    context.json = printsJson(requests);
    const { assertTestsPassed, testImage } = await import("../../pipeline/test-image.ts");
    const { runStage } = await import("../../pipeline/progress.ts");
    const settings = await commandSettings(".", options);
    const { only, shard, isolation, parallel, failFast, retries, compat } = options;
    const progress = progressFor(context, options);
    const tested: { result?: TestImageResult; hasPassed?: boolean } = {};
    try {
      await runStage(
        "test",
        progress,
        async () => {
          tested.result = await testImage({
            path,
            vm: settings.vm,
            ...chosenTests(settings, options.tests),
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
          tested.hasPassed = true;
          return tested.result;
        },
        describeTests,
      );
    } finally {
      // Worth having most of all when a test has failed.
      const { result, hasPassed } = tested;
      if (result) await writeTestReports(result, requests, context, !hasPassed);
    }
  });
}
