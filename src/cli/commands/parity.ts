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
import { describeParity, formatParityResult } from "../parity-summaries.ts";
import { addSettingOptions } from "../setting-options.ts";
import { addTestingOptions, type TestingOptionValues } from "../testing-options.ts";

const FORMATS = ["text", "markdown", "json"] as const;

type Options = SettingOverrides &
  OutputOptions &
  Pick<TestingOptionValues, "tests" | "only" | "compat"> & {
    settings?: string;
    docker?: string;
    format?: (typeof FORMATS)[number];
  };

export function addParityCommand(program: Command, context: CliContext): void {
  const command = program
    .command("parity")
    .description("run the same tests in Docker and in a VM, and tell why they differ")
    .argument("<file>", "the .gvmi")
    .option("--docker <name>", "the image of the Docker engine that it was made of")
    .addOption(new Option("--format <format>", "of the result").choices(FORMATS).default("text"));
  addTestingOptions(command, ["tests", "only", "compat"]);
  addSettingOptions(command, "settings", "vm");
  addOutputOptions(command).action(async (path: string, options: Options) => {
    assertOneProfile(options);
    const isJson = options.json === true || options.format === "json";
    context.json = isJson;
    const { compareWithDocker } = await import("../../pipeline/parity.ts");
    const { runStage } = await import("../../pipeline/progress.ts");
    const { formatParityMarkdown } = await import("../../parity/format-markdown.ts");
    const settings = await commandSettings(".", options);
    const progress = progressFor(context, options);
    const { result } = await runStage(
      "parity",
      progress,
      () =>
        compareWithDocker({
          path,
          vm: settings.vm,
          ...chosenTests(settings, options.tests),
          only: options.only,
          compatibility: options.compat,
          dockerImage: options.docker,
          signal: context.signal,
          progress,
        }),
      describeParity,
    );
    writeResult(context, { ...options, json: isJson }, result, () =>
      options.format === "markdown"
        ? formatParityMarkdown(result).trimEnd()
        : formatParityResult(result),
    );
  });
}
