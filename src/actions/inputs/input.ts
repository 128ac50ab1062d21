import { GolemImageError } from "../../errors.ts";
import type { SettingOverrides } from "../../settings/override-settings.ts";
import {
  DURATION_FORM,
  MEMORY_FORM,
  parseDuration,
  parseMemory,
} from "../../settings/quantities.ts";
import type { ActionName } from "./action-names.ts";

/** What kind of text an input is, for people and for typed workflow languages. */
export type InputKind =
  | "text"
  | "list"
  | "flag"
  | "choice"
  | "whole number"
  | "amount"
  | "duration"
  | "path"
  | "secret"
  | "secret list";

/** How the text of an input becomes a value. */
export interface InputForm<T> {
  readonly kind: InputKind;
  /** What is expected, as the end of a sentence. */
  readonly expected: string;
  /** Undefined when the text is not of this form; may throw a GolemImageError that says why. */
  readonly read: (text: string) => T | undefined;
  readonly choices?: readonly string[];
}

export interface InputDescription {
  /** Full sentences, in Markdown. */
  readonly description: string;
  /** The actions that have it; the one at the root has what its stages have, unless `isStageOnly`. */
  readonly actions: readonly ActionName[];
  /** The text that stands for nothing given; empty (golem-image.yml decides) when absent. */
  readonly fallback?: string;
  /** Which of the settings it overrides. */
  readonly setting?: keyof SettingOverrides;
  /** Which variable of the environment it stands for; an input that is empty leaves that alone. */
  readonly variable?: string;
  readonly isStageOnly?: boolean;
  readonly isRequired?: boolean;
}

export type Input<T> = InputForm<T> & InputDescription;

/** An input of an action: its form and what is said of it. */
export const input = <T>(form: InputForm<T>, description: InputDescription): Input<T> => ({
  ...form,
  ...description,
});

export const text: InputForm<string> = {
  kind: "text",
  expected: "text",
  read: (value) => value,
};

export const secret: InputForm<string> = { ...text, kind: "secret" };

/** Of the runner; relative ones start at the workspace. */
export const path: InputForm<string> = {
  kind: "path",
  expected: "a path",
  read: (value) => (value.includes("\0") ? undefined : value),
};

/** As YAML 1.2's core schema has booleans. @see https://yaml.org/spec/1.2.2/#1032-tag-resolution */
export const flag: InputForm<boolean> = {
  kind: "flag",
  expected: "true or false",
  read: (value) => {
    if (/^(?:true|True|TRUE)$/.test(value)) return true;
    return /^(?:false|False|FALSE)$/.test(value) ? false : undefined;
  },
};

export const amount: InputForm<number> = {
  kind: "amount",
  expected: MEMORY_FORM,
  read: parseMemory,
};

export const duration: InputForm<number> = {
  kind: "duration",
  expected: DURATION_FORM,
  read: parseDuration,
};

export const choice = <const T extends string>(choices: readonly T[]): InputForm<T> => ({
  kind: "choice",
  expected: `one of ${choices.join(", ")}`,
  choices,
  read: (value) => choices.find((known) => known === value),
});

export const wholeNumber = (least: number, most: number): InputForm<number> => ({
  kind: "whole number",
  expected: `a whole number from ${least} to ${most}`,
  read: (value) => {
    const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
    return number >= least && number <= most ? number : undefined;
  },
});

/** Text that a parser of the core reads, whose error says what is wrong with it. */
export const parsed = <T>(expected: string, read: (value: string) => T): InputForm<T> => ({
  kind: "text",
  expected,
  read,
});

/** One item a line; lines without anything on them are left out. */
export const list = <T>(
  item: Pick<InputForm<T>, "expected" | "read">,
): InputForm<readonly T[]> => ({
  kind: "list",
  expected: `on each line ${item.expected}`,
  read: (value) => {
    const items: T[] = [];
    for (const line of linesOf(value)) {
      const read = item.read(line);
      if (read === undefined) return undefined;
      items.push(read);
    }
    return items;
  },
});

/** `KEY=value` on each line. */
export const pairs = (
  key: RegExp,
  expected: string,
  kind: "list" | "secret list" = "list",
): InputForm<Readonly<Record<string, string>>> => ({
  kind,
  expected,
  read: (value) => {
    const entries: [string, string][] = [];
    for (const line of linesOf(value)) {
      const separator = line.indexOf("=");
      const name = line.slice(0, separator);
      if (separator < 1 || !key.test(name)) return undefined;
      entries.push([name, line.slice(separator + 1)]);
    }
    return Object.fromEntries(entries);
  },
});

function linesOf(value: string): string[] {
  return value
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

/** Says why a text is not of a form; undefined for an error that is not about the text. */
export function reasonOf(error: unknown): string | undefined {
  if (!(error instanceof GolemImageError)) return undefined;
  return [error.message, error.hint].filter(Boolean).join(" ");
}
