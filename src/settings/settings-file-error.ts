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

/** A settings file is wrong in one or several places, all of which the message lists. */
export class SettingsFileError extends SettingsError {
  constructor(
    readonly path: string,
    readonly problems: readonly SettingsProblem[],
  ) {
    const lines = problems.map(
      ({ line, column, key, message }) =>
        `${path}:${line}:${column}: ${key === "" ? "" : `${key}: `}${message}`,
    );
    super(
      lines.length === 1
        ? (lines[0] ?? "").replace(/([^.?])$/, "$1.")
        : [`${path} has ${lines.length} problems:`, ...lines].join("\n"),
      { hint: "docs/settings.md describes every key." },
    );
  }
}
