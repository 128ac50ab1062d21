import type { BaseIssue } from "valibot";
import { nearest } from "./nearest.ts";
import type { KeyPath } from "./yaml-document.ts";

/** A key path as a person writes it, such as `tests[0].expect.stdout`. */
export function displayPath(path: KeyPath): string {
  return path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`;
    const name = preview(step).slice(1, -1);
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

/** What a validation found, in the terms of the file's author. */
export function describeIssue(issue: BaseIssue<unknown>): string {
  const last = issue.path?.at(-1);
  const isMissing = last?.origin === "key" && issue.received === "undefined";
  if (isMissing) return "is missing";
  if (issue.input === null) return "has no value; give it one or remove the key";
  const suggestion = issue.type === "picklist" ? suggest(issue.input, choicesOf(issue)) : "";
  // A message of its own says what is wrong already; the others say what was expected.
  if (!issue.message.startsWith("expected ")) return issue.message;
  return `${issue.message}, got ${preview(issue.input)}${suggestion}`;
}

export function describeUnknownKey(key: string, known: readonly string[]): string {
  const suggestion = suggest(key, known);
  return `unknown key${suggestion === "" ? `; known are ${known.join(", ")}` : suggestion}`;
}

/** The options of a picklist, which valibot names in its issue as `("a" | "b")`. */
function choicesOf(issue: BaseIssue<unknown>): string[] {
  return [...(issue.expected ?? "").matchAll(/"([^"]*)"/g)].map(([, option]) => option ?? "");
}

function suggest(word: unknown, candidates: readonly string[]): string {
  const best = typeof word === "string" ? nearest(word, candidates) : undefined;
  return best === undefined ? "" : `; did you mean ${best}?`;
}

const MAX_PREVIEW = 60;

function preview(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map";
  if (typeof value === "string") {
    return JSON.stringify(value.length > MAX_PREVIEW ? `${value.slice(0, MAX_PREVIEW)}…` : value);
  }
  return typeof value === "number" ? `the number ${value}` : String(value);
}
