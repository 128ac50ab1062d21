import { basename } from "node:path";
import type { Command } from "commander";
import { UsageError } from "../../errors.ts";
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
import { formatSnippets, publishedRows } from "../summaries.ts";

type Options = SettingOverrides & OutputOptions & { settings?: string };

export function addPublishCommand(program: Command, context: CliContext): void {
  const command = program
    .command("publish")
    .description("put a .gvmi into a repository and check that a provider could download it")
    .argument("<file>", "the .gvmi");
  addSettingOptions(command, "settings", "publish");
  addOutputOptions(command).action(async (path: string, options: Options) => {
    const { publishImage } = await import("../../pipeline/publish-image.ts");
    const { runStage } = await import("../../pipeline/progress.ts");
    const { publish } = await commandSettings(".", options);
    const { to } = publish;
    if (to === undefined) {
      throw new UsageError("There is no target to publish to.", {
        hint: "Use --to registry or --to directory:DIR, or set publish.to in golem-image.yml.",
      });
    }
    const progress = progressFor(context, options);
    const name = basename(path).replace(/\.gvmi$/, "");
    const { result } = await runStage(
      "publish",
      progress,
      () => publishImage({ path, name, ...publish, to, signal: context.signal, progress }),
      (published) => published.url,
    );
    writeResult(
      context,
      options,
      result,
      () => `${formatTable(publishedRows(result))}\n${formatSnippets(result.snippets)}`,
    );
  });
}
