import { join } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../src/errors.ts";
import { cacheDirectory } from "../src/system/cache-directory.ts";

export const SIZES = ["tiny", "small", "large", "huge"] as const;
export type Size = (typeof SIZES)[number];

export interface BenchOptions {
  readonly size: Size;
  /** Measured runs of each contender. */
  readonly runs: number;
  /** Names of contenders, or beginnings of names; all when empty. */
  readonly only: readonly string[];
  /** Whether docs/benchmarks.md is updated. */
  readonly write: boolean;
  /** Where inputs are kept between runs. */
  readonly directory: string;
}

export const BENCH_HELP = `Usage: npm run bench -- convert [options]

  --size <size>      ${SIZES.join(", ")} (default: small; see bench/README.md)
  --runs <number>    measured runs of each contender (default: 3)
  --only <name>      contenders whose names begin like this (repeatable)
  --directory <dir>  where inputs are kept (default: bench in the cache directory)
  --write            put the results into docs/benchmarks.md`;

const MAX_RUNS = 1000;

/**
 * @returns undefined when help is asked for
 * @throws {UsageError}
 */
export function parseBenchArguments(args: readonly string[]): BenchOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  if (positionals.length !== 1 || positionals[0] !== "convert") {
    throw new UsageError(
      `Invalid benchmark: ${JSON.stringify(positionals.join(" "))}. Must be "convert".`,
    );
  }
  const size = SIZES.find((known) => known === values.size);
  if (!size) {
    throw new UsageError(
      `Invalid size: ${JSON.stringify(values.size)}. Must be one of ${SIZES.join(", ")}.`,
    );
  }
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1 || runs > MAX_RUNS) {
    throw new UsageError(
      `Invalid number of runs: ${JSON.stringify(values.runs)}. Must be a whole number from 1 to ${MAX_RUNS}.`,
    );
  }
  const directory = values.directory ?? join(cacheDirectory(), "bench");
  return { size, runs, only: values.only ?? [], write: values.write ?? false, directory };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        size: { type: "string", default: "small" },
        runs: { type: "string", default: "3" },
        only: { type: "string", multiple: true },
        directory: { type: "string" },
        write: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { hint: BENCH_HELP, cause: error });
  }
}
