import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ConversionError } from "../src/errors.ts";
import { type Command, type CommandResult, runCommand } from "../src/system/run-command.ts";
import { withTemporaryDirectory } from "../src/system/temporary.ts";

export interface Measurement {
  readonly wallSeconds: number;
  /** Of all processes, user and system. */
  readonly cpuSeconds: number;
  /** Resident memory of the largest process. */
  readonly peakBytes: number;
}

export interface MeasuredResult extends Measurement {
  readonly stdout: string;
}

const TIME_FORMAT = "%e %U %S %M";
const KIBIBYTE = 1024;

/**
 * Runs a command to its end under GNU time.
 *
 * @throws {ConversionError} when the command fails
 * @throws {MissingToolError} when it or GNU time is not installed
 * @throws the abort reason
 */
export async function measure(command: Command, signal?: AbortSignal): Promise<MeasuredResult> {
  return await withTemporaryDirectory(async (directory) => {
    const report = join(directory, "time");
    // time hands no signal on: without this the command would go on when time is ended.
    const inner = ["setpriv", "--pdeathsig", "TERM", "--", command.program, ...command.args];
    const args = ["-f", TIME_FORMAT, "-o", report, "--", ...inner];
    const result = await run({ ...command, program: "/usr/bin/time", args }, signal);
    return { ...parseTime(await readFile(report, "utf8")), stdout: result.stdout };
  });
}

/** Reads what GNU time wrote in `TIME_FORMAT`; a line about a failure may stand before it. */
export function parseTime(report: string): Measurement {
  const words = /^([\d.]+) ([\d.]+) ([\d.]+) (\d+)\n$/m.exec(report)?.slice(1);
  if (!words) {
    throw new ConversionError(`Cannot read what time says: ${JSON.stringify(report)}.`);
  }
  const [wallSeconds = 0, user = 0, system = 0, kibibytes = 0] = words.map(Number);
  return { wallSeconds, cpuSeconds: user + system, peakBytes: kibibytes * KIBIBYTE };
}

/**
 * Runs a command that must succeed.
 *
 * @throws {ConversionError} with the end of its output, when it does not
 */
export async function run(command: Command, signal?: AbortSignal): Promise<CommandResult> {
  const result = await runCommand(command, { ...(signal && { signal }) });
  if (result.exitCode === 0) return result;
  const output = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-10).join("\n");
  throw new ConversionError(
    `${[command.program, ...command.args].join(" ")} failed (${result.exitCode ?? result.signal}):\n${output}`,
  );
}
