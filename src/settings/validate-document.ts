import { type GenericSchema, type InferOutput, safeParse } from "valibot";
import { describeIssue, describeUnknownKey, displayPath } from "./describe-issue.ts";
import { findKeyFaults } from "./schema-keys.ts";
import { SettingsFileError, type SettingsProblem } from "./settings-file-error.ts";
import type { KeyPath, YamlDocument } from "./yaml-document.ts";

/** Adds a problem that a schema cannot see. */
export type ReportProblem = (path: KeyPath, part: "key" | "value", message: string) => void;

export interface ValidationOptions<TSchema extends GenericSchema> {
  /** What messages call the file. */
  readonly path: string;
  readonly document: YamlDocument;
  readonly schema: TSchema;
  /** The document's content, when something was done to it before. */
  readonly value?: unknown;
  /** Looks at what has the right form for what is wrong all the same. */
  readonly check?: (value: InferOutput<TSchema>, report: ReportProblem) => Promise<void> | void;
  /** What a person does about a problem. */
  readonly hint: string;
}

/**
 * Validates a document strictly: unknown keys are problems, and all problems are reported with their places.
 *
 * @throws {SettingsFileError}
 */
export async function validateDocument<TSchema extends GenericSchema>(
  options: ValidationOptions<TSchema>,
): Promise<InferOutput<TSchema>> {
  const { path, document, schema, check } = options;
  const value = "value" in options ? options.value : document.value;
  const problems: SettingsProblem[] = [];
  const report: ReportProblem = (keyPath, part, message) =>
    problems.push({ ...document.positionOf(keyPath, part), key: displayPath(keyPath), message });
  for (const { path: keyPath, known } of findKeyFaults(schema, value)) {
    if (known) report(keyPath, "key", describeUnknownKey(String(keyPath.at(-1)), known));
    else report(keyPath, "value", "expected a map of keys, got a list");
  }
  const result = safeParse(schema, value);
  for (const issue of result.issues ?? []) {
    // Unknown keys are reported above, all of them; valibot names one.
    if (issue.expected === "never") continue;
    const keyPath = (issue.path ?? []).map(({ key }) => key as string | number);
    report(keyPath, issue.path?.at(-1)?.origin === "key" ? "key" : "value", describeIssue(issue));
  }
  if (result.success) await check?.(result.output, report);
  if (problems.length > 0 || !result.success) {
    problems.sort((a, b) => a.line - b.line || a.column - b.column);
    throw new SettingsFileError(path, problems, options.hint);
  }
  return result.output;
}
