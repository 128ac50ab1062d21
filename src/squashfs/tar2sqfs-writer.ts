import { resolve } from "node:path";
import { ConversionError, MissingToolError } from "../errors.ts";
import type { Entry } from "../oci/entry.ts";
import { type Command, type CommandResult, runCommand } from "../system/run-command.ts";
import { type CheckedOptions, checkOptions } from "./compression-options.ts";
import { withModificationTimes } from "./modification-times.ts";
import type { SquashfsOptions, SquashfsWriter } from "./squashfs-writer.ts";
import { tarStream } from "./tar-stream.ts";

const PROGRAM = "tar2sqfs";
const SHOWN_LINES = 10;

/** The command that turns a tar on its stdin into a squashfs. */
export function tar2sqfsCommand(outputPath: string, options: CheckedOptions): Command {
  const level = options.level === undefined ? [] : ["--comp-extra", `level=${options.level}`];
  return {
    program: PROGRAM,
    args: [
      "--quiet",
      "--force",
      // Without it an entry that the tool does not understand is left out silently.
      "--no-skip",
      "--compressor",
      options.compression,
      ...level,
      "--block-size",
      String(options.blockSize),
      resolve(outputPath),
    ],
    // The image's own time; the tool would take it from the caller's environment.
    environment: { SOURCE_DATE_EPOCH: "0", LC_ALL: "C" },
  };
}

/** Writes squashfs images with `tar2sqfs` of squashfs-tools-ng, fed with a tar stream. */
export class Tar2sqfsWriter implements SquashfsWriter {
  async write(
    entries: AsyncIterable<Entry> | Iterable<Entry>,
    outputPath: string,
    options: SquashfsOptions,
  ): Promise<void> {
    const command = tar2sqfsCommand(outputPath, checkOptions(options));
    let inputError: { error: unknown } | undefined;
    async function* input() {
      try {
        yield* tarStream(withModificationTimes(entries, options.modificationTimes ?? "keep"));
      } catch (error) {
        inputError = { error };
        throw error;
      }
    }
    const result = await run(command, input(), options.signal);
    options.signal?.throwIfAborted();
    if (inputError) throw inputError.error;
    if (result.exitCode !== 0) throw toolFailed(result);
  }
}

async function run(
  command: Command,
  input: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<CommandResult> {
  try {
    return await runCommand(command, { input, ...(signal && { signal }) });
  } catch (error) {
    if (!(error instanceof MissingToolError)) throw error;
    throw new MissingToolError(error.message, {
      hint: "Install squashfs-tools-ng (Debian, Ubuntu: `apt-get install squashfs-tools-ng`), or run `npm run setup` in the project.",
      cause: error,
    });
  }
}

function toolFailed(result: CommandResult): ConversionError {
  const lines = result.stderr.trim().split("\n").slice(-SHOWN_LINES).join("\n");
  const end = result.signal
    ? `was ended by ${result.signal}`
    : `ended with code ${result.exitCode}`;
  return new ConversionError(`Writing the squashfs failed: ${PROGRAM} ${end}.`, {
    ...(lines !== "" && { details: lines }),
    hint: "Check that the disk of the output and of temporary files has space.",
  });
}
