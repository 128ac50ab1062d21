import { SettingsError } from "../errors.ts";

/** One thing that is wrong in a settings file. */
export interface SettingsProblem {
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** Such as `vm.memory` or `tests[0].run`; empty when the file as a whole is meant. */
  readonly key: string;
  readonly message: string;
}

/** More would not be read, and a generated file may have thousands. */
const MAX_SHOWN = 100;

/** A settings file is wrong in one or several places, all of which the message lists. */
export class SettingsFileError extends SettingsError {
  constructor(
    readonly path: string,
    readonly problems: readonly SettingsProblem[],
    hint = "docs/settings.md describes every key.",
  ) {
    const shown = problems.slice(0, MAX_SHOWN);
    const lines = shown.map(
      ({ line, column, key, message }) =>
        `${path}:${line}:${column}: ${key === "" ? "" : `${key}: `}${message}`,
    );
    super(
      problems.length === 1
        ? (lines[0] ?? "").replace(/([^.?])$/, "$1.")
        : [`${path} has ${problems.length} problems:`, ...lines, ...rest(problems)].join("\n"),
      { hint },
    );
  }
}

function rest(problems: readonly unknown[]): string[] {
  const count = problems.length - MAX_SHOWN;
  return count > 0 ? [`... and ${count} more`] : [];
}
