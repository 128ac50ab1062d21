import type { Command } from "commander";
import { commandSettings } from "../command-settings.ts";
import { addOutputOptions, type CliContext, type OutputOptions, writeResult } from "../context.ts";
import { formatTable } from "../format.ts";

export function addPrepareCommand(program: Command, context: CliContext): void {
  const command = program
    .command("prepare")
    .description(
      "fetch what booting needs (kernel, initramfs, a look at KVM), so that tests start at once",
    );
  addOutputOptions(command).action(async (options: OutputOptions) => {
    const { prepareSystemRuntime } = await import("../../vm/system-runtime.ts");
    const { vm } = await commandSettings(".", {});
    const runtime = await prepareSystemRuntime({
      accelerator: vm.accelerator,
      kernel: vm.kernel,
      signal: context.signal,
      onProgress: (text) => {
        if (!options.quiet) context.stderr.write(`${text}\n`);
      },
    });
    const { kernel, initramfs, acceleratorChoice } = runtime;
    const result = {
      kernel: { release: kernel.release, image: kernel.image, origin: kernel.origin },
      initramfs,
      accelerator: acceleratorChoice.accelerator,
      acceleratorReason: acceleratorChoice.reason,
    };
    writeResult(context, options, result, () =>
      formatTable([
        ["kernel", `${kernel.release} (${kernel.origin})`],
        ["accelerator", `${result.accelerator.toUpperCase()}: ${result.acceleratorReason}`],
      ]),
    );
  });
}
