import type { Command } from "commander";
import { UsageError } from "../../errors.ts";
import type { Transfer } from "../../pipeline/exec-in-image.ts";
import type { SettingOverrides } from "../../settings/override-settings.ts";
import { LimitedBuffer } from "../../system/limited-buffer.ts";
import { commandSettings } from "../command-settings.ts";
import { addOutputOptions, type CliContext, type OutputOptions, writeResult } from "../context.ts";
import { LimitedOutput } from "../limited-output.ts";
import { assertOneProfile } from "../one-profile.ts";
import { getValue, putValue } from "../option-values.ts";
import { writeChunk } from "../output.ts";
import { addSettingOptions } from "../setting-options.ts";

type Options = SettingOverrides &
  OutputOptions & { settings?: string; put?: Transfer[]; get?: Transfer[] };

const MIB = 1024 * 1024;

/** Of each stream, what `--json` prints where no limit is set. */
const JSON_OUTPUT_LIMIT_MIB = 16;

export function addExecCommand(program: Command, context: CliContext): void {
  const command = program
    .command("exec")
    .description("boot a .gvmi, run one command in it, and end with its exit code")
    .argument("<file>", "the .gvmi")
    .argument("<command...>", "after --: the absolute path of a program, and its arguments")
    .option("--put <host:guest>", "copy a file into a volume first (repeatable)", putValue)
    .option("--get <guest:host>", "copy a file out of a volume after (repeatable)", getValue);
  addSettingOptions(command, "settings", "vm");
  addOutputOptions(command).action(async (path: string, words: string[], options: Options) => {
    assertOneProfile(options);
    const { assertStorageKept, execInImage } = await import("../../pipeline/exec-in-image.ts");
    const { conventionalGuestExitCode, describeStartFailure } = await import(
      "../../checks/judge.ts"
    );
    const { vm } = await commandSettings(".", options);
    const limitMib =
      vm.outputLimit ?? (options.json ? JSON_OUTPUT_LIMIT_MIB : Number.POSITIVE_INFINITY);
    const captured = {
      stdout: new LimitedBuffer(limitMib * MIB),
      stderr: new LimitedBuffer(limitMib * MIB),
    };
    const passedOn = {
      stdout: new LimitedOutput(limitMib * MIB, (chunk) => writeChunk(context.stdout, chunk)),
      stderr: new LimitedOutput(limitMib * MIB, (chunk) => writeChunk(context.stderr, chunk)),
    };
    const result = await execInImage({
      path,
      vm,
      argv: argvOf(words),
      put: options.put ?? [],
      get: options.get ?? [],
      signal: context.signal,
      onRuntime: (description) => {
        // A command's own stderr stays alone, unless there is something to say.
        const isWanted = context.stderr.isTTY || vm.runtime.name === "ya-runtime-vm";
        if (isWanted && !options.quiet && !options.json) context.stderr.write(`${description}\n`);
      },
      onOutput: (stream, chunk) => (options.json ? captured : passedOn)[stream].append(chunk),
    });
    await passedOn.stdout.finish();
    await passedOn.stderr.finish();
    const exitCode = conventionalGuestExitCode(result);
    if (options.json) {
      const { stdout, stderr } = captured;
      writeResult(
        context,
        options,
        { ...result, exitCode, stdout: stdout.toString(), stderr: stderr.toString() },
        () => "",
      );
    }
    if (result.couldNotStart !== undefined) {
      context.stderr.write(`note: ${describeStartFailure(result.couldNotStart)}\n`);
    }
    assertStorageKept(result);
    process.exitCode = exitCode;
  });
}

function argvOf([program, ...rest]: string[]): [string, ...string[]] {
  if (!program?.startsWith("/")) {
    throw new UsageError(
      `The command must begin with the absolute path of a program in the image, not ${JSON.stringify(program)}: a Golem VM has no PATH search.`,
      { hint: "Write golem-image exec FILE -- /bin/sh -c '...', for example." },
    );
  }
  return [program, ...rest];
}
