import { SettingsError } from "../errors.ts";
import { instanceReferences } from "./instance-references.ts";
import { compilePattern } from "./patterns.ts";
import type { CommandSettings, ExpectSettings, TestSettings } from "./test-settings.ts";
import type { ReportProblem } from "./validate-document.ts";
import type { KeyPath } from "./yaml-document.ts";

/** What the schema of `tests` cannot see: that names differ, that patterns compile, that instances are known. */
export async function checkTests(
  tests: readonly TestSettings[],
  report: ReportProblem,
): Promise<void> {
  const firstWithName = new Map<string, number>();
  for (const [index, test] of tests.entries()) {
    const first = firstWithName.get(test.name);
    if (first !== undefined) {
      report(["tests", index, "name"], "value", `tests[${first}] has this name, too`);
    }
    firstWithName.set(test.name, first ?? index);
    const path = ["tests", index];
    await checkExpectation(test.expect, [...path, "expect"], report);
    checkReferences(test, test.run, [...path, "run"], report);
    checkReferences(test, expectedTexts(test.expect), [...path, "expect"], report);
    for (const [position, step] of (test.steps ?? []).entries()) {
      const at = [...path, "steps", position];
      if (step.expect) await checkExpectation(step.expect, [...at, "expect"], report);
      if (step.until?.log !== undefined) {
        await checkPattern(step.until.log, [...at, "until", "log"], report);
      }
      checkReferences(test, step.run, [...at, "run"], report);
      checkReferences(test, step.background, [...at, "background"], report);
      checkReferences(test, step.expect && expectedTexts(step.expect), [...at, "expect"], report);
      const isKnown = step.on === undefined || Object.hasOwn(test.instances ?? {}, step.on);
      if (!isKnown) report([...at, "on"], "value", unknownInstance(step.on ?? "", test));
    }
  }
}

function checkReferences(
  test: TestSettings,
  texts: CommandSettings | undefined,
  path: KeyPath,
  report: ReportProblem,
): void {
  for (const word of [texts ?? []].flat()) {
    for (const name of instanceReferences(word)) {
      if (!Object.hasOwn(test.instances ?? {}, name)) {
        report(path, "value", unknownInstance(name, test));
      }
    }
  }
}

/** The patterns of an expectation. */
function expectedTexts({ stdout, stderr, files, json = [] }: ExpectSettings): string[] {
  return [
    ...stdout,
    ...stderr,
    ...files.flatMap(({ contents }) => contents),
    ...json.flatMap(({ matches = [] }) => matches),
  ];
}

function unknownInstance(name: string, { instances }: TestSettings): string {
  const known = Object.keys(instances ?? {});
  return known.length === 0
    ? `there is no instance ${name}: the test has no instances`
    : `there is no instance ${name}; known are ${known.join(", ")}`;
}

async function checkExpectation(
  expect: ExpectSettings,
  path: KeyPath,
  report: ReportProblem,
): Promise<void> {
  await checkPatterns(expect.stdout, [...path, "stdout"], report);
  await checkPatterns(expect.stderr, [...path, "stderr"], report);
  for (const [position, file] of expect.files.entries()) {
    await checkPatterns(file.contents, [...path, "files", position, "contents"], report);
  }
  for (const [position, { matches }] of (expect.json ?? []).entries()) {
    if (matches !== undefined) {
      await checkPattern(matches, [...path, "json", position, "matches"], report);
    }
  }
}

async function checkPatterns(
  sources: readonly string[],
  path: KeyPath,
  report: ReportProblem,
): Promise<void> {
  for (const [index, source] of sources.entries()) {
    await checkPattern(source, [...path, ...(sources.length > 1 ? [index] : [])], report);
  }
}

/** Reports a regular expression that does not compile. */
export async function checkPattern(
  source: string,
  path: KeyPath,
  report: ReportProblem,
): Promise<void> {
  try {
    await compilePattern(source);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    report(path, "value", error.message);
  }
}
