import type { Command } from "commander";
import type { Check, CheckStatus } from "../../doctor/check.ts";
import type { SettingOverrides } from "../../settings/override-settings.ts";
import { commandSettings } from "../command-settings.ts";
import { addOutputOptions, type CliContext, type OutputOptions, writeResult } from "../context.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { addSettingOptions } from "../setting-options.ts";
import type { Styles } from "../styles.ts";

type Options = SettingOverrides & OutputOptions & { settings?: string };

export function addDoctorCommand(program: Command, context: CliContext): void {
  const command = program
    .command("doctor")
    .description("tell what of this program works on this machine, and how to mend what does not");
  addSettingOptions(command, "settings");
  addOutputOptions(command).action(async (options: Options) => {
    const { examineMachine } = await import("../../doctor/examine-machine.ts");
    const { vm } = await commandSettings(".", options);
    const { kernel, memory } = vm;
    const result = await examineMachine({ kernel, memoryMib: memory, signal: context.signal });
    writeResult(context, options, result, (styles) =>
      [
        ...result.checks.map((check) => describeCheck(check, styles)),
        "",
        conclude(result.checks),
      ].join("\n"),
    );
    process.exitCode = result.ok ? 0 : EXIT_CODES.environment;
  });
}

const STATUS_WIDTH = "problem".length;
const NAME_WIDTH = "temporary files".length;

function describeCheck({ name, status, detail, cure }: Check, styles: Styles): string {
  const paints: Readonly<Record<CheckStatus, (text: string) => string>> = {
    ok: styles.green,
    warning: styles.yellow,
    problem: styles.red,
  };
  const indentation = " ".repeat(STATUS_WIDTH + NAME_WIDTH + 4);
  const first = `${paints[status](status.padEnd(STATUS_WIDTH))}  ${name.padEnd(NAME_WIDTH)}  ${detail}`;
  return cure ? `${first}\n${indentation}${styles.bold("next:")} ${cure}` : first;
}

function conclude(checks: readonly Check[]): string {
  const problems = checks.filter(({ status }) => status === "problem").map(({ name }) => name);
  return problems.length === 0
    ? "Images can be built, converted and tested here."
    : `Images cannot be built, converted and tested here before this is mended: ${problems.join(", ")}.`;
}
