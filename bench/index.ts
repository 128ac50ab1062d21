import { GolemImageError } from "../src/errors.ts";
import { benchmarkActions } from "./actions.ts";
import { BENCH_HELP, type BenchOptions, parseBenchArguments } from "./arguments.ts";
import { benchmarkBoot } from "./boot.ts";
import { type BenchReport, benchmarkConversion } from "./convert.ts";
import { benchmarkLint } from "./lint.ts";
import { benchmarkPublish } from "./publish.ts";
import { benchmarkTests } from "./tests.ts";

/**
 * @param args without the program's name
 * @param repository the directory of the checkout
 * @returns the exit code
 */
export async function main(args: readonly string[], repository: string): Promise<number> {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Error("interrupted"));
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  try {
    const options = parseBenchArguments(args);
    if (!options) {
      console.log(BENCH_HELP);
      return 0;
    }
    const place = { repository, signal: controller.signal };
    const report = await run(options, place);
    console.log(report.markdown);
    return report.isSound ? 0 : 1;
  } catch (error) {
    console.error(`error: ${(error as Error).message}`);
    if (error instanceof GolemImageError && error.hint) console.error(`hint: ${error.hint}`);
    return 1;
  } finally {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

async function run(
  options: BenchOptions,
  place: { readonly repository: string; readonly signal: AbortSignal },
): Promise<BenchReport> {
  switch (options.benchmark) {
    case "actions":
      return await benchmarkActions({ ...options, ...place });
    case "boot":
      return await benchmarkBoot({ ...options, ...place });
    case "convert":
      return await benchmarkConversion({ ...options, ...place });
    case "publish":
      return await benchmarkPublish({ ...options, ...place });
    case "lint":
      return await benchmarkLint({ ...options, ...place });
    case "tests":
      return await benchmarkTests({ ...options, ...place });
  }
}
