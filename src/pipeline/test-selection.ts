import type { PlannedTest } from "../checks/planned-test.ts";
import { UsageError } from "../errors.ts";
import { compilePattern } from "../settings/patterns.ts";

/** Part `index` (from 1) of `count` parts of the tests. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

export interface Selection {
  /** A regular expression (RE2) that is found in the names of the tests that are run, or the id of one. */
  readonly only?: string | undefined;
  readonly shard?: Shard | undefined;
}

/**
 * Reads a shard as the command line has it, such as `1/4`.
 *
 * @throws {UsageError}
 */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (shard.index >= 1 && shard.index <= shard.count) return shard;
  throw new UsageError(`Invalid shard: ${JSON.stringify(text)}.`, {
    hint: "Expected INDEX/COUNT with INDEX from 1 to COUNT, such as 1/4.",
  });
}

/**
 * The tests to run. Every test is in exactly one shard, whatever is run elsewhere.
 *
 * @throws {UsageError} when no test has such a name
 * @throws {SettingsError} when the pattern is no regular expression
 */
export async function selectTests(
  tests: readonly PlannedTest[],
  { only, shard }: Selection,
): Promise<PlannedTest[]> {
  const named = await namedTests(tests, only);
  if (named.length === 0 && tests.length > 0) {
    throw new UsageError(`No test has a name that matches /${only}/.`, {
      hint: `There are ${tests.length} tests, such as ${tests
        .slice(0, 3)
        .map(({ name }) => JSON.stringify(name))
        .join(", ")}.`,
    });
  }
  return named.filter((_test, at) => !shard || at % shard.count === shard.index - 1);
}

/** An id is taken as it is, since a path in it may be no regular expression. */
async function namedTests(
  tests: readonly PlannedTest[],
  only: string | undefined,
): Promise<readonly PlannedTest[]> {
  if (only === undefined) return tests;
  const withId = tests.filter(({ id }) => id === only);
  if (withId.length > 0) return withId;
  const pattern = await compilePattern(only);
  return tests.filter(({ name }) => pattern.test(name));
}
