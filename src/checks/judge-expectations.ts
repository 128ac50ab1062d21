import type { ExpectSettings } from "../settings/test-settings.ts";
import type { Volume } from "../vm/volume-files.ts";
import { judgeFiles } from "./expected-files.ts";
import { judgeJson } from "./json-fields.ts";
import { cutOf, judgeCommand } from "./judge.ts";
import type { CommandOutcome } from "./test-outcome.ts";

/**
 * Compares a command that has ended, and what it left in the volumes, with all that is expected of it.
 *
 * @returns full clauses, none when everything is as expected
 */
export async function judgeExpectations(
  expect: ExpectSettings,
  outcome: CommandOutcome,
  volumes: readonly Volume[],
): Promise<string[]> {
  const stdout = { text: outcome.stdout, cut: cutOf(outcome, "stdout") };
  return [
    ...(await judgeCommand(expect, outcome)),
    ...(await judgeFiles(expect.files, volumes)),
    ...(outcome.exit ? await judgeJson(expect.json ?? [], stdout, volumes) : []),
  ];
}
