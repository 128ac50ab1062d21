import { SettingsError } from "../errors.ts";

/**
 * The time that builds are to have, from the environment variable SOURCE_DATE_EPOCH.
 *
 * @returns seconds since 1970; undefined when it is not set
 * @throws {SettingsError} when it is no such number
 * @see https://reproducible-builds.org/specs/source-date-epoch/
 */
export function sourceDateEpoch(environment: NodeJS.ProcessEnv): number | undefined {
  const text = environment.SOURCE_DATE_EPOCH;
  if (!text) return undefined;
  if (/^\d{1,12}$/.test(text)) return Number(text);
  throw wrong(JSON.stringify(text));
}

/** The same where it has to be set. */
export function requireSourceDateEpoch(environment: NodeJS.ProcessEnv): number {
  const seconds = sourceDateEpoch(environment);
  if (seconds === undefined) throw wrong("not set");
  return seconds;
}

function wrong(found: string): SettingsError {
  return new SettingsError(
    `File times cannot be clamped: the environment variable SOURCE_DATE_EPOCH is ${found}.`,
    {
      hint: "Set it to a number of seconds since 1970, such as the output of `git log -1 --format=%ct`.",
    },
  );
}
