import { join } from "node:path";
import { parseArgs } from "node:util";
import { UsageError } from "../src/errors.ts";
import { cacheDirectory } from "../src/system/cache-directory.ts";

export const SIZES = ["tiny", "small", "large", "huge"] as const;
export type Size = (typeof SIZES)[number];

const ACCELERATORS = ["auto", "kvm", "tcg"] as const;
const BENCHMARKS = ["convert", "boot", "publish", "lint", "tests", "actions"] as const;

interface CommonOptions {
  /** Measured runs of each contender. */
  readonly runs: number;
  /** Whether docs/benchmarks.md is updated. */
  readonly write: boolean;
  /** Where inputs are kept between runs. */
  readonly directory: string;
}

export interface ConvertBenchOptions extends CommonOptions {
  readonly benchmark: "convert";
  readonly size: Size;
  /** Names of contenders, or beginnings of names; all when empty. */
  readonly only: readonly string[];
}

export interface BootBenchOptions extends CommonOptions {
  readonly benchmark: "boot";
  readonly accelerator: (typeof ACCELERATORS)[number];
}

export interface TestsBenchOptions extends CommonOptions {
  readonly benchmark: "tests";
  readonly accelerator: (typeof ACCELERATORS)[number];
}

export interface PublishBenchOptions extends CommonOptions {
  readonly benchmark: "publish";
}

export interface LintBenchOptions extends CommonOptions {
  readonly benchmark: "lint";
}

export interface ActionsBenchOptions extends CommonOptions {
  readonly benchmark: "actions";
}

export type BenchOptions =
  | ConvertBenchOptions
  | BootBenchOptions
  | PublishBenchOptions
  | LintBenchOptions
  | ActionsBenchOptions
  | TestsBenchOptions;

export const BENCH_HELP = `Usage: npm run bench -- convert [options]
       npm run bench -- boot [options]
       npm run bench -- publish [options]
       npm run bench -- lint [options]
       npm run bench -- tests [options]
       npm run bench -- actions [options]

  --runs <number>      measured runs of each contender (default: 3; boot: 10; publish: 5; lint and actions: 25; tests: 5)
  --directory <dir>    where inputs are kept (default: bench in the cache directory)
  --write              put the results into docs/benchmarks.md
convert:
  --size <size>        ${SIZES.join(", ")} (default: small; see bench/README.md)
  --only <name>        contenders whose names begin like this (repeatable)
boot, tests:
  --accelerator <name> ${ACCELERATORS.join(", ")} (default: auto)`;

const DEFAULT_RUNS = {
  convert: "3",
  boot: "10",
  publish: "5",
  lint: "25",
  tests: "5",
  actions: "25",
};
const MAX_RUNS = 1000;

/**
 * @returns undefined when help is asked for
 * @throws {UsageError}
 */
export function parseBenchArguments(args: readonly string[]): BenchOptions | undefined {
  const { values, positionals } = parse(args);
  if (values.help) return undefined;
  const benchmark = oneOf(BENCHMARKS, "benchmark", positionals.join(" "));
  const runsText = values.runs ?? DEFAULT_RUNS[benchmark];
  const runs = Number(runsText);
  if (!Number.isInteger(runs) || runs < 1 || runs > MAX_RUNS) {
    throw new UsageError(
      `Invalid number of runs: ${JSON.stringify(runsText)}. Must be a whole number from 1 to ${MAX_RUNS}.`,
    );
  }
  const directory = values.directory ?? join(cacheDirectory(), "bench");
  const common = { runs, write: values.write ?? false, directory };
  if (benchmark === "boot" || benchmark === "tests") {
    refuseOptions(benchmark, values, ["size", "only"]);
    const accelerator = oneOf(ACCELERATORS, "accelerator", values.accelerator ?? "auto");
    return { benchmark, ...common, accelerator };
  }
  refuseOptions(benchmark, values, ["accelerator"]);
  if (benchmark === "publish" || benchmark === "lint" || benchmark === "actions") {
    refuseOptions(benchmark, values, ["size", "only"]);
    return { benchmark, ...common };
  }
  const size = oneOf(SIZES, "size", values.size ?? "small");
  return { benchmark, ...common, size, only: values.only ?? [] };
}

function oneOf<T extends string>(known: readonly T[], what: string, text: string): T {
  const found = known.find((name) => name === text);
  if (found) return found;
  throw new UsageError(
    `Invalid ${what}: ${JSON.stringify(text)}. Must be one of ${known.join(", ")}.`,
  );
}

function refuseOptions(
  benchmark: string,
  values: Readonly<Record<string, unknown>>,
  names: readonly string[],
): void {
  const [given] = names.filter((name) => values[name] !== undefined);
  if (given) throw new UsageError(`Invalid option for ${benchmark}: --${given}.`);
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        size: { type: "string" },
        runs: { type: "string" },
        only: { type: "string", multiple: true },
        accelerator: { type: "string" },
        directory: { type: "string" },
        write: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { hint: BENCH_HELP, cause: error });
  }
}
