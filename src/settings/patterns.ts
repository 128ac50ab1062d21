import type { RE2JS } from "re2js";
import { SettingsError } from "../errors.ts";

/** A compiled regular expression; `test` looks for it anywhere in the text. */
export interface Pattern {
  readonly source: string;
  test(text: string): boolean;
}

/**
 * Compiles a regular expression with the semantics of RE2 (Go's `regexp`): linear time, no look-around,
 * no back-references; unanchored, case-sensitive, `.` without newlines, `^` and `$` at the text's ends.
 *
 * @throws {SettingsError} when it is not a valid one
 * @see https://github.com/google/re2/wiki/Syntax
 */
export async function compilePattern(source: string): Promise<Pattern> {
  // Loaded when there is a pattern to compile: it is by far the largest module of this room.
  const { RE2JS } = await import("re2js");
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source);
  } catch (error) {
    throw new SettingsError(
      `${JSON.stringify(source)} is not a regular expression: ${reason(error)}`,
      {
        hint: "The syntax is RE2's: https://github.com/google/re2/wiki/Syntax",
        cause: error,
      },
    );
  }
  return { source, test: (text) => compiled.matcher(text).find() };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
