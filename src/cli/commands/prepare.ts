import type { Command } from "commander";
import type { SettingOverrides } from "../../settings/override-settings.ts";
import { commandSettings } from "../command-settings.ts";
import { addOutputOptions, type CliContext, type OutputOptions, writeResult } from "../context.ts";
import { formatTable } from "../format.ts";
import { addSettingOptions } from "../setting-options.ts";

type Options = SettingOverrides & OutputOptions & { settings?: string };

export function addPrepareCommand(program: Command, context: CliContext): void {
  const command = program
    .command("prepare")
    .description(
      "fetch what booting needs (runtime, kernel, a look at KVM), so that tests start at once",
    );
  addSettingOptions(command, "settings", "vm");
  addOutputOptions(command).action(async (options: Options) => {
    const { chooseRuntime } = await import("../../vm/runtimes/choose-runtime.ts");
    const { describeRuntime, summarizeRuntime } = await import("../../vm/runtime.ts");
    const { vm } = await commandSettings(".", options);
    const runtime = await chooseRuntime({
      runtime: vm.runtime,
      profile: vm.profile,
      accelerator: vm.accelerator,
      kernel: vm.kernel,
      signal: context.signal,
      onProgress: (text) => {
        if (!options.quiet) context.stderr.write(`${text}\n`);
      },
    });
    const { kernel, initramfs, acceleratorChoice } = runtime;
    const result = {
      runtime: summarizeRuntime(runtime),
      kernel: { release: kernel.release, image: kernel.image, origin: kernel.origin },
      initramfs,
      accelerator: acceleratorChoice.accelerator,
      acceleratorReason: acceleratorChoice.reason,
    };
    writeResult(context, options, result, () =>
      formatTable([
        ["runtime", describeRuntime(runtime).replace(/^runtime /, "")],
        ["kernel", kernel.release ? `${kernel.release} (${kernel.origin})` : kernel.image],
        ["accelerator", `${result.accelerator.toUpperCase()}: ${result.acceleratorReason}`],
      ]),
    );
  });
}
