import { type Command, Option } from "commander";
import { chosenTests } from "../../settings/chosen-tests.ts";
import type { SettingOverrides } from "../../settings/override-settings.ts";
import { commandSettings } from "../command-settings.ts";
import {
  addOutputOptions,
  type CliContext,
  type OutputOptions,
  progressFor,
  writeResult,
} from "../context.ts";
import { assertOneProfile } from "../one-profile.ts";
import { wholeNumberValue } from "../option-values.ts";
import { addSettingOptions } from "../setting-options.ts";
import { describeSize, formatSizeResult } from "../size-summaries.ts";
import { addTestingOptions, type TestingOptionValues } from "../testing-options.ts";

type Options = SettingOverrides &
  OutputOptions &
  Pick<TestingOptionValues, "tests" | "only" | "compat"> & {
    settings?: string;
    layers?: string;
    boot?: boolean;
    margin?: number;
    maxBoots?: number;
    measureSmallest?: boolean;
  };

const MOST_MARGIN = 400;
const MOST_BOOTS = 200;

export function addSizeCommand(program: Command, context: CliContext): void {
  const command = program
    .command("size")
    .description("find the memory, storage and cores that a .gvmi needs, and where its bytes are")
    .argument("<file>", "the .gvmi")
    .option("--layers <source>", "the image it was made of, for what each layer takes")
    .option("--no-boot", "look at the bytes alone")
    .addOption(
      new Option("--margin <percent>", "what is added to what was needed (default: 25)").argParser(
        wholeNumberValue(0, MOST_MARGIN),
      ),
    )
    .addOption(
      new Option("--max-boots <count>", "boots to find the least memory (default: 30)").argParser(
        wholeNumberValue(1, MOST_BOOTS),
      ),
    )
    .option("--measure-smallest", "convert with smallest to measure what that saves");
  addTestingOptions(command, ["tests", "only", "compat"]);
  addSettingOptions(command, "settings", "vm");
  addOutputOptions(command).action(async (path: string, options: Options) => {
    assertOneProfile(options);
    const { sizeImage } = await import("../../pipeline/size-image.ts");
    const { runStage } = await import("../../pipeline/progress.ts");
    const settings = await commandSettings(".", options);
    const { layers, boot, margin, maxBoots, measureSmallest, only, compat } = options;
    const progress = progressFor(context, options);
    const { result } = await runStage(
      "size",
      progress,
      () =>
        sizeImage({
          path,
          vm: settings.vm,
          ...chosenTests(settings, options.tests),
          only,
          compatibility: compat,
          source: layers,
          boots: boot,
          margin: margin === undefined ? undefined : margin / 100,
          maxBoots,
          measureSmallest,
          signal: context.signal,
          progress,
        }),
      describeSize,
    );
    writeResult(context, options, result, () => formatSizeResult(result));
  });
}
