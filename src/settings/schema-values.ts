import * as v from "valibot";
import { GolemImageError } from "../errors.ts";
import { DURATION_FORM, MEMORY_FORM, parseDuration, parseMemory } from "./quantities.ts";

// Messages complete "<key>: " and say what was expected; describe-issue.ts adds what was found.

export const map = <const TEntries extends v.ObjectEntries>(entries: TEntries) =>
  v.strictObject(entries, "expected a map of keys");

export const text = (expected: string) =>
  v.pipe(
    v.string(`expected ${expected}`),
    v.nonEmpty(`expected ${expected}`),
    v.check((value) => !value.includes("\0"), `expected ${expected}, without NUL characters`),
  );

export const choice = <const TOptions extends readonly string[]>(options: TOptions) =>
  v.picklist(options, `expected one of ${options.join(", ")}`);

export const duration = v.pipe(
  v.string(`expected ${DURATION_FORM}`),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const milliseconds = parseDuration(dataset.value);
    if (milliseconds !== undefined) return milliseconds;
    addIssue({ message: `expected ${DURATION_FORM}` });
    return NEVER;
  }),
);

export const memory = v.pipe(
  v.union([v.string(), v.number()], `expected ${MEMORY_FORM}`),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const mebibytes = parseMemory(dataset.value);
    if (mebibytes !== undefined) return mebibytes;
    addIssue({ message: `expected ${MEMORY_FORM}` });
    return NEVER;
  }),
);

export const hostPath = text("a path");

export const guestPath = v.pipe(
  text("an absolute path in the VM"),
  v.startsWith("/", "expected an absolute path in the VM"),
);

const PATTERNS_FORM = "a regular expression in quotes, or a list of them";
export const patterns = v.pipe(
  v.union([v.string(), v.array(v.string())], `expected ${PATTERNS_FORM}`),
  v.transform((value) => (typeof value === "string" ? [value] : value)),
);

export const wholeNumber = (least: number, most: number) => {
  const expected = `expected a whole number from ${least} to ${most}`;
  return v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(least, expected),
    v.maxValue(most, expected),
  );
};

/** Turns a parser that throws into a check whose message is the parser's own; the text stays. */
export const readableBy = (parse: (value: string) => unknown, expected: string) =>
  v.pipe(
    text(expected),
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      try {
        parse(dataset.value);
      } catch (error) {
        if (!(error instanceof GolemImageError)) throw error;
        addIssue({ message: [error.message, error.hint].filter(Boolean).join(" ") });
      }
    }),
  );

/** Turns a parser that throws into a validation whose message is the parser's own. */
export const parsedBy = <TResult>(parse: (value: string) => TResult, expected: string) =>
  v.pipe(
    text(expected),
    v.rawTransform<string, TResult>(({ dataset, addIssue, NEVER }) => {
      try {
        return parse(dataset.value);
      } catch (error) {
        if (!(error instanceof GolemImageError)) throw error;
        addIssue({ message: [error.message, error.hint].filter(Boolean).join(" ") });
        return NEVER;
      }
    }),
  );
