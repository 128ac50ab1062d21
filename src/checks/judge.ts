import { compilePattern } from "../settings/patterns.ts";
import type { ExpectSettings } from "../settings/settings.ts";
import type { GuestExit, OutputStream } from "../vm/guest-command.ts";
import type { CommandOutcome } from "./test-outcome.ts";

/** As much of an output as a message shows. */
const SHOWN_CHARACTERS = 400;

/** Why not all of an output is there to be searched. */
const OUTPUT_LIMIT = "only its beginning was kept (vm.outputLimit)";

/**
 * Compares what a command did with what was expected.
 *
 * @returns one sentence for each difference; none when the expectation is met
 */
export async function judgeCommand(
  expected: ExpectSettings,
  outcome: CommandOutcome,
): Promise<string[]> {
  if (outcome.exit === undefined) return [outcome.problem ?? "the command did not end"];
  return [
    ...judgeExit(expected.exitCode, outcome),
    ...(await judgeText("stdout", expected.stdout, outcome.stdout, cutOf(outcome, "stdout"))),
    ...(await judgeText("stderr", expected.stderr, outcome.stderr, cutOf(outcome, "stderr"))),
  ];
}

/** Why not all of an output was kept; undefined when all of it was. */
export function cutOf({ cut }: CommandOutcome, stream: OutputStream): string | undefined {
  return cut?.includes(stream) ? OUTPUT_LIMIT : undefined;
}

/** One number for how a command ended: its exit code, or 128 + the signal that killed it. */
export function conventionalGuestExitCode(exit: GuestExit): number {
  return exit.exitCode ?? 128 + (exit.signal ?? 0);
}

export function judgeExit(expected: number, outcome: CommandOutcome): string[] {
  const { exit, stderr } = outcome;
  if (exit === undefined || conventionalGuestExitCode(exit) === expected) return [];
  if (exit.signal !== undefined) {
    return [`killed by signal ${exit.signal}, expected exit code ${expected}`];
  }
  if (exit.couldNotStart !== undefined) return [describeStartFailure(exit.couldNotStart)];
  const evidence = stderr.trim() === "" ? "" : `; stderr: ${shown(stderr)}`;
  return [`exit code ${exit.exitCode}, expected ${expected}${evidence}`];
}

/** @param reason as `GuestExit.couldNotStart` has it */
export function describeStartFailure(reason: string): string {
  return `exit code 9 and no output, which is how this profile reports a command that could not start: ${reason}`;
}

/**
 * @param subject what the text is, as a person calls it: `stdout`, or a path
 * @param cut why there is more of it, which is not searched, as a clause; undefined when the text is whole
 * @param excluded patterns that must not be found
 * @returns one sentence for each pattern that is not found, or found although it is excluded, or excluded from
 * what was not searched
 */
export async function judgeText(
  subject: string,
  patterns: readonly string[],
  text: string,
  cut?: string,
  excluded: readonly string[] = [],
): Promise<string[]> {
  const problems: string[] = [];
  for (const pattern of patterns) {
    if (!(await compilePattern(pattern)).test(text)) {
      problems.push(
        `${subject} does not match /${pattern}/; it is ${shown(text)}${cut === undefined ? "" : `, and ${cut}`}`,
      );
    }
  }
  for (const pattern of excluded) {
    if ((await compilePattern(pattern)).test(text)) {
      problems.push(`${subject} matches /${pattern}/, which is excluded; it is ${shown(text)}`);
    } else if (cut !== undefined) {
      problems.push(
        `whether ${subject} matches /${pattern}/, which is excluded, is not known: ${cut}`,
      );
    }
  }
  return problems;
}

function shown(text: string): string {
  if (text === "") return "empty";
  return JSON.stringify(
    text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text,
  );
}
