import { compilePattern } from "../settings/patterns.ts";
import type { ExpectSettings } from "../settings/settings.ts";
import type { Profile } from "../vm/profiles.ts";
import type { GuestExit } from "../vm/virtual-machine.ts";
import type { CommandOutcome } from "./test-outcome.ts";

/** As much of an output as a message shows. */
const SHOWN_CHARACTERS = 400;

/** How the runtimes since 0.4 report a command that could not start: this code, and no output. */
const COULD_NOT_START_EXIT_CODE = 9;

/**
 * Compares what a command did with what was expected.
 *
 * @returns one sentence for each difference; none when the expectation is met
 */
export async function judgeCommand(
  expected: ExpectSettings,
  outcome: CommandOutcome,
  profile: Profile,
): Promise<string[]> {
  if (outcome.exit === undefined) return [outcome.problem ?? "the command did not end"];
  return [
    ...judgeExit(expected.exitCode, outcome, profile),
    ...(await judgeText("stdout", expected.stdout, outcome.stdout)),
    ...(await judgeText("stderr", expected.stderr, outcome.stderr)),
  ];
}

/** One number for how a command ended: its exit code, or 128 + the signal that killed it. */
export function conventionalGuestExitCode(exit: GuestExit): number {
  return exit.exitCode ?? 128 + (exit.signal ?? 0);
}

function judgeExit(expected: number, outcome: CommandOutcome, profile: Profile): string[] {
  const { exit, stdout, stderr } = outcome;
  if (exit === undefined || conventionalGuestExitCode(exit) === expected) return [];
  if (exit.signal !== undefined) {
    return [`killed by signal ${exit.signal}, expected exit code ${expected}`];
  }
  const silent = stdout === "" && stderr === "";
  if (exit.exitCode === COULD_NOT_START_EXIT_CODE && silent && hidesStartErrors(profile)) {
    return [
      `exit code 9 and no output: on ${profile} this is how a command ends that could not start (the program is missing or not executable, or the working directory does not exist)`,
    ];
  }
  const evidence = stderr.trim() === "" ? "" : `; stderr: ${shown(stderr)}`;
  return [`exit code ${exit.exitCode}, expected ${expected}${evidence}`];
}

function hidesStartErrors(profile: Profile): boolean {
  return profile === "v0.4" || profile === "v0.5";
}

/**
 * @param subject what the text is, as a person calls it: `stdout`, or a path
 * @returns one sentence for each pattern that is not found
 */
export async function judgeText(
  subject: string,
  patterns: readonly string[],
  text: string,
): Promise<string[]> {
  const problems: string[] = [];
  for (const pattern of patterns) {
    if (!(await compilePattern(pattern)).test(text)) {
      problems.push(`${subject} does not match /${pattern}/; it is ${shown(text)}`);
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
