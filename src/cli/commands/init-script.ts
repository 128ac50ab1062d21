import { dirname } from "node:path";
import { type Command, Option } from "commander";
import { INIT_SCRIPT_FORMS, type InitScriptForm } from "../../lint/init-script/forms.ts";
import type { ServiceDescription } from "../../lint/init-script/service.ts";
import type { SettingOverrides } from "../../settings/override-settings.ts";
import { commandSettings } from "../command-settings.ts";
import { type CliContext, type OutputOptions, writeResult } from "../context.ts";
import { addSettingOptions } from "../setting-options.ts";
import type { Styles } from "../styles.ts";

type Options = SettingOverrides & OutputOptions & { settings?: string; for?: InitScriptForm };

export function addInitScriptCommand(program: Command, context: CliContext): void {
  const command = program
    .command("init-script")
    .description("write what a requestor needs in place of ENTRYPOINT, CMD, ENV and USER")
    .argument("[source]", "a Dockerfile or its directory, docker:NAME, an archive, or a .gvmi", ".")
    .addOption(new Option("--for <form>", "one form alone").choices(INIT_SCRIPT_FORMS));
  addSettingOptions(command, "settings", "dockerfile", "build");
  command
    .option("--json", "print the result as one JSON object on stdout")
    .action(async (source: string, options: Options) => {
      const { initScript } = await import("../../lint/init-script/init-script.ts");
      const service = await readService(source, options, context);
      const forms = options.for === undefined ? INIT_SCRIPT_FORMS : [options.for];
      const scripts = forms.map((form) => [form, initScript(form, service)] as const);
      writeResult(context, options, Object.fromEntries(scripts), (styles) =>
        scripts.length === 1
          ? (scripts[0]?.[1].trimEnd() ?? "")
          : scripts
              .map(([form, text]) => section(form, text, styles))
              .join("\n")
              .trimEnd(),
      );
    });
}

async function readService(
  source: string,
  options: Options,
  { signal }: CliContext,
): Promise<ServiceDescription> {
  const { findServiceSource, readDockerfileService, readImageService } = await import(
    "../../pipeline/read-service.ts"
  );
  const found = await findServiceSource(source);
  if (found.kind === "image" || found.kind === "gvmi") return readImageService(found, signal);
  if (found.kind === "context") {
    return readDockerfileService(await commandSettings(found.path, options));
  }
  const settings = await commandSettings(dirname(found.path), options);
  return readDockerfileService({ ...settings, dockerfile: found.path });
}

function section(form: InitScriptForm, text: string, styles: Styles): string {
  return `${styles.bold(`----- ${form} -----`)}\n${text}`;
}
