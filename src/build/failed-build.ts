import { stripVTControlCharacters } from "node:util";
import { BuildError, type FailureContext } from "../errors.ts";
import type { Command, CommandResult, RunOptions } from "../system/run-command.ts";
import { conventionalExitCode, runCommand } from "../system/run-command.ts";
import type { BuildControl, BuilderName } from "./builder.ts";

/** How many of a failed build's last lines are shown. */
const SHOWN_LINES = 20;
const MAX_LINE_LENGTH = 500;

/**
 * Runs one step of a build.
 *
 * @param activity what the step does, such as "build the image"
 * @throws {BuildError} with the last lines that were printed when the command fails
 */
export async function runBuildStep(
  builder: BuilderName,
  activity: string,
  command: Command,
  { signal, onLine }: BuildControl,
  options: RunOptions = {},
): Promise<CommandResult> {
  const lastLines: string[] = [];
  const result = await runCommand(command, {
    ...options,
    ...(signal && { signal }),
    onLine: (line, stream) => {
      const text = printable(line);
      if (text.trim() !== "") lastLines.push(text);
      if (lastLines.length > SHOWN_LINES) lastLines.shift();
      onLine?.(line, stream);
    },
  });
  if (result.exitCode === 0) return result;
  throw new BuildError(
    `${builder} failed to ${activity} (exit code ${conventionalExitCode(result)}).`,
    { details: lastLines.join("\n"), ...explain(lastLines) },
  );
}

/** Builds print what programs in them print: nothing of it may move the cursor or forge a line. */
function printable(line: string): string {
  const text = stripVTControlCharacters(line)
    .replace(/\t/g, "  ")
    .replace(/\p{Cc}/gu, "");
  return text.length > MAX_LINE_LENGTH ? `${text.slice(0, MAX_LINE_LENGTH)}…` : text;
}

const UNREACHABLE_REGISTRY =
  /pinging container registry|failed to resolve source metadata|Get "https?:\/\/[^"]+\/v2\/|pull access denied/;

function explain(lines: readonly string[]): FailureContext {
  const text = lines.join("\n");
  if (/short-name .* did not resolve/.test(text)) {
    return {
      hint: "buildah wants the registry in the name of an image: write `FROM docker.io/library/debian`, for example.",
    };
  }
  if (UNREACHABLE_REGISTRY.test(text)) {
    return {
      hint: "A base image could not be fetched. Check its name, and that this machine reaches its registry.",
    };
  }
  if (/no space left on device/i.test(text)) {
    return { hint: "Free disk space, or set TMPDIR to a directory on a larger disk." };
  }
  return {};
}
