import { basename, dirname, join, resolve } from "node:path";
import { safeParse } from "valibot";
import { SettingsError } from "../errors.ts";
import { checkTests } from "./check-tests.ts";
import { describeIssue, describeUnknownKey, displayPath } from "./describe-issue.ts";
import { readSettingsFile } from "./read-settings-file.ts";
import { resolvePaths } from "./resolve-paths.ts";
import { type SettingsFile, settingsSchema } from "./schema.ts";
import { findKeyFaults } from "./schema-keys.ts";
import { SETTINGS_FILE_NAME, type Settings } from "./settings.ts";
import { SettingsFileError, type SettingsProblem } from "./settings-file-error.ts";
import { type KeyPath, parseYaml, type YamlDocument } from "./yaml-document.ts";

export interface LoadedSettings {
  readonly settings: Settings;
  /** The file they came from; absent when there is none and all are defaults. */
  readonly path?: string;
}

/**
 * Reads `golem-image.yml` of a build context, or the file that is named explicitly.
 *
 * @param contextDirectory the directory that is given to the builder
 * @param explicitPath a settings file elsewhere, which must exist
 * @throws {SettingsError} when the file cannot be read
 * @throws {SettingsFileError} when it is wrong, with every problem and its place
 */
export async function loadSettings(
  contextDirectory: string,
  explicitPath?: string,
): Promise<LoadedSettings> {
  const path = explicitPath ?? join(contextDirectory, SETTINGS_FILE_NAME);
  const text = await readSettingsFile(path);
  if (text === undefined && explicitPath !== undefined) {
    throw new SettingsError(`The settings file ${explicitPath} does not exist.`, {
      hint: `Check the path, or leave it out to use ${SETTINGS_FILE_NAME} in the context's directory.`,
    });
  }
  let document: YamlDocument | undefined;
  const file = await parseSettings(text ?? "", path, (parsed) => {
    document = parsed;
  });
  const defaults = {
    name: imageName(contextDirectory),
    dockerfile: join(contextDirectory, "Dockerfile"),
  };
  const testSources = file.tests.map((_test, index) => ({
    file: path,
    line: document?.positionOf(["tests", index], "value").line ?? 1,
  }));
  const settings = { ...resolvePaths(file, dirname(path), defaults), testSources };
  return text === undefined ? { settings } : { settings, path };
}

/**
 * Validates the text of a settings file.
 *
 * @param path what messages call the file
 * @param onDocument takes what the text was parsed into
 * @throws {SettingsFileError}
 */
export async function parseSettings(
  text: string,
  path: string,
  onDocument?: (document: YamlDocument) => void,
): Promise<SettingsFile> {
  const document = await parseYamlUnlessEmpty(text);
  if (Array.isArray(document)) {
    throw new SettingsFileError(
      path,
      document.map((problem) => ({ ...problem, key: "" })),
    );
  }
  onDocument?.(document);
  const value = withBuildArgumentsAsWritten(document);
  const result = safeParse(settingsSchema, value);
  const problems: SettingsProblem[] = [];
  const report = (keyPath: KeyPath, part: "key" | "value", message: string) =>
    problems.push({
      ...document.positionOf(keyPath, part),
      key: displayPath(keyPath),
      message,
    });

  for (const { path: keyPath, known } of findKeyFaults(settingsSchema, value)) {
    if (known) report(keyPath, "key", describeUnknownKey(String(keyPath.at(-1)), known));
    else report(keyPath, "value", "expected a map of keys, got a list");
  }
  for (const issue of (result.issues ?? []).flatMap(issuesOfMap)) {
    // Unknown keys are reported above, all of them; valibot names one.
    if (issue.expected === "never") continue;
    const keyPath = (issue.path ?? []).map(({ key }) => key as string | number);
    report(keyPath, issue.path?.at(-1)?.origin === "key" ? "key" : "value", describeIssue(issue));
  }
  if (result.success) await checkTests(result.output.tests, report);
  if (problems.length > 0 || !result.success) {
    problems.sort((a, b) => a.line - b.line || a.column - b.column);
    throw new SettingsFileError(path, problems);
  }
  return result.output;
}

type Issue = NonNullable<ReturnType<typeof safeParse<typeof settingsSchema>>["issues"]>[number];

/** Of a map where a union allows one: what is wrong in it, rather than that it is no member of the union. */
function issuesOfMap(issue: Issue): Issue[] {
  if (issue.type !== "union" || typeof issue.input !== "object" || issue.input === null) {
    return [issue];
  }
  const inside = (issue.issues ?? []).filter(({ path }) => path !== undefined) as Issue[];
  if (inside.length === 0) return [issue];
  return inside.map((nested) => ({
    ...nested,
    path: [...(issue.path ?? []), ...(nested.path ?? [])] as Issue["path"],
  }));
}

async function parseYamlUnlessEmpty(text: string) {
  if (text !== "") return await parseYaml(text);
  return {
    value: undefined,
    sourceAt: () => undefined,
    positionOf: () => ({ line: 1, column: 1 }),
  } satisfies YamlDocument;
}

/** A build argument is text: `VERSION: 1.10` means 1.10, which as a number would be 1.1. */
function withBuildArgumentsAsWritten({ value = {}, sourceAt }: YamlDocument): unknown {
  const args = (value as { build?: { args?: unknown } } | null)?.build?.args;
  if (typeof args !== "object" || args === null || Array.isArray(args)) return value;
  const written = Object.entries(args).map(([name, argument]) => {
    const isPlain = typeof argument === "number" || typeof argument === "boolean";
    return [name, isPlain ? (sourceAt(["build", "args", name]) ?? String(argument)) : argument];
  });
  const file = value as { build: object };
  return { ...file, build: { ...file.build, args: Object.fromEntries(written) } };
}

/** A name that is safe in file names, made of the directory's. */
function imageName(contextDirectory: string): string {
  const name = basename(resolve(contextDirectory))
    .replace(/[^A-Za-z0-9_.-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 100);
  return name === "" ? "image" : name;
}
