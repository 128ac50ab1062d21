import { basename } from "node:path";
import type { Command } from "commander";
import { describeConversion } from "../../pipeline/describe-conversion.ts";
import type { SettingOverrides } from "../../settings/override-settings.ts";
import { formatBytes } from "../../system/format-bytes.ts";
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

type Options = SettingOverrides & OutputOptions & { settings?: string; output?: string };

export function addConvertCommand(program: Command, context: CliContext): void {
  const command = program
    .command("convert")
    .description("convert a container image to a .gvmi")
    .argument(
      "<source>",
      "docker:NAME, oci-archive:FILE, docker-archive:FILE, oci:DIRECTORY, or a path",
    )
    .option("-o, --output <file>", "the .gvmi to write (default: named after the source)");
  addSettingOptions(command, "settings", "convert");
  addOutputOptions(command).action(async (source: string, options: Options) => {
    const { convertSource } = await import("../../pipeline/source-image.ts");
    const { runStage } = await import("../../pipeline/progress.ts");
    const { convert } = await commandSettings(".", options);
    const progress = progressFor(context, options);
    const { result } = await runStage(
      "convert",
      progress,
      () =>
        convertSource({
          source,
          output: convert.output ?? defaultOutput(source),
          settings: convert,
          signal: context.signal,
          progress,
        }),
      describeConversion,
    );
    writeResult(context, options, result, () =>
      formatTable([
        ["file", result.path],
        ["hash", result.hash],
        ["sha256", result.sha256],
        ["size", `${formatBytes(result.size)} (${result.size} bytes)`],
      ]),
    );
  });
}

/** `docker:user/name:tag` and `image.tar` become `name.gvmi` and `image.gvmi`, in the working directory. */
function defaultOutput(source: string): string {
  const path = source.replace(/^(docker|oci|oci-archive|docker-archive):/, "");
  const name = basename(path).replace(/(\.tar(\.\w+)?|:[\w.-]+|@sha256:\w+)$/, "");
  return `${name || "image"}.gvmi`;
}
