import type { FailureKind } from "../errors.ts";

/** An error that nobody expected: a bug in this program. */
export const UNEXPECTED_EXIT_CODE = 1;

/**
 * The exit code of each kind of failure. They are documented in the README and never change meaning;
 * above 127 is the shell's convention for signals.
 */
export const EXIT_CODES: Readonly<Record<FailureKind, number>> = {
  usage: 2,
  settings: 3,
  lint: 10,
  build: 11,
  source: 12,
  conversion: 13,
  gvmi: 14,
  environment: 15,
  vm: 16,
  test: 17,
  timeout: 18,
  publish: 19,
  interrupted: 130,
};
