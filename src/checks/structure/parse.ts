import { checkPattern } from "../../settings/check-tests.ts";
import type { IsolationChoice } from "../../settings/test-settings.ts";
import { type ReportProblem, validateDocument } from "../../settings/validate-document.ts";
import type { KeyPath, YamlDocument } from "../../settings/yaml-document.ts";
import type { PlannedTest, Reach } from "../planned-test.ts";
import { scalarsAsWritten } from "../scalars-as-written.ts";
import type { TestKind } from "../test-result.ts";
import { runCommandTest } from "./command-test.ts";
import { runContentTest, runExistenceTest } from "./file-tests.ts";
import { runLicenseTest } from "./license-test.ts";
import { runMetadataTest } from "./metadata-test.ts";
import {
  type Compatibility,
  KEYS_WITHOUT_TEXT,
  type LookPlace,
  type StructureFile,
  structureSchema,
} from "./schema.ts";

export interface StructureOptions {
  /** What messages call the file. */
  readonly path: string;
  readonly document: YamlDocument;
  /** The run's, over the file's own. */
  readonly compatibility?: Compatibility | undefined;
}

/**
 * Plans the tests of a container-structure-test file, in the original's order: commands, contents, existence,
 * licences, metadata.
 *
 * @throws {SettingsFileError} with every problem and its place
 */
export async function planStructureTests(options: StructureOptions): Promise<PlannedTest[]> {
  const { path, document } = options;
  const file = await validateDocument({
    path,
    document,
    schema: structureSchema,
    value: scalarsAsWritten(document, KEYS_WITHOUT_TEXT),
    check: checkFile,
    hint: "docs/structure-tests.md describes every key.",
  });
  const compatibility = options.compatibility ?? file.compat ?? "golem";
  const plan = planner(options, file.isolation);
  const { globalEnvVars: globals, containerRunOptions } = file;
  const metadata = file.metadataTest;
  return [
    ...file.commandTests.map((test, index) =>
      plan(["commandTests", index], test.name, "command", "changes", (context) =>
        runCommandTest({ test, globals, options: containerRunOptions, compatibility }, context),
      ),
    ),
    ...file.fileContentTests.map((test, index) => {
      const place = test.at ?? file.at;
      return plan(["fileContentTests", index], test.name, "file-content", reach(place), (context) =>
        runContentTest(test, place, context),
      );
    }),
    ...file.fileExistenceTests.map((test, index) => {
      const place = test.at ?? file.at;
      const keyPath = ["fileExistenceTests", index];
      return plan(keyPath, test.name, "file-existence", reach(place), (context) =>
        runExistenceTest(test, globals, place, context),
      );
    }),
    ...file.licenseTests.map((test, index) =>
      plan(["licenseTests", index], `licences ${index + 1}`, "licence", reach(file.at), (context) =>
        runLicenseTest(test, file.at, context),
      ),
    ),
    ...(metadata
      ? [
          plan(["metadataTest"], "metadata", "metadata", "image", (context) =>
            runMetadataTest(metadata, context),
          ),
        ]
      : []),
  ];
}

function planner({ path, document }: StructureOptions, isolation: IsolationChoice | undefined) {
  return (
    keyPath: KeyPath,
    name: string,
    kind: TestKind,
    testReach: Reach,
    run: PlannedTest["run"],
  ): PlannedTest => {
    const [key, index] = keyPath;
    return {
      id: `${path}#${key}${index === undefined ? "" : `[${index}]`}`,
      name,
      source: { file: path, line: document.positionOf(keyPath, "key").line },
      kind,
      reach: testReach,
      isolation,
      run,
    };
  };
}

function reach(place: LookPlace): Reach {
  return place === "rest" ? "image" : "looks";
}

/** What the schema cannot see: that there is something to test, and that patterns compile. */
async function checkFile(file: StructureFile, report: ReportProblem): Promise<void> {
  const { commandTests, fileContentTests, fileExistenceTests, licenseTests, metadataTest } = file;
  const count =
    commandTests.length + fileContentTests.length + fileExistenceTests.length + licenseTests.length;
  if (count === 0 && metadataTest === undefined) report([], "key", "there is no test in this file");
  for (const [index, test] of commandTests.entries()) {
    const { expectedOutput, excludedOutput, expectedError, excludedError } = test;
    const lists = { expectedOutput, excludedOutput, expectedError, excludedError };
    for (const [key, patterns] of Object.entries(lists)) {
      await checkPatterns(patterns, ["commandTests", index, key], report);
    }
  }
  for (const [index, test] of fileContentTests.entries()) {
    const { expectedContents, excludedContents } = test;
    const at = ["fileContentTests", index];
    if (expectedContents.length + excludedContents.length === 0) {
      report(at, "value", "expects nothing: give it expectedContents or excludedContents");
    }
    await checkPatterns(expectedContents, [...at, "expectedContents"], report);
    await checkPatterns(excludedContents, [...at, "excludedContents"], report);
  }
  for (const [index, { debian, files }] of licenseTests.entries()) {
    if (!debian && files.length === 0) {
      report(["licenseTests", index], "value", "looks at nothing: give it debian: true or files");
    }
  }
  if (metadataTest && isEmpty(metadataTest)) {
    report(["metadataTest"], "key", "expects nothing");
  }
  for (const key of ["envVars", "labels"] as const) {
    for (const [index, { isRegex, value }] of (metadataTest?.[key] ?? []).entries()) {
      if (isRegex) await checkPattern(value, ["metadataTest", key, index, "value"], report);
    }
  }
}

function isEmpty(test: NonNullable<StructureFile["metadataTest"]>): boolean {
  const { entrypoint, cmd, ...rest } = test;
  const hasWords = entrypoint !== undefined || cmd !== undefined;
  return !hasWords && Object.values(rest).every((value) => value.length === 0);
}

async function checkPatterns(
  patterns: readonly string[],
  keyPath: KeyPath,
  report: ReportProblem,
): Promise<void> {
  for (const [index, pattern] of patterns.entries()) {
    await checkPattern(pattern, [...keyPath, index], report);
  }
}
