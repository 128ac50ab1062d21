import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { UsageError } from "../src/errors.ts";
import type { ConvertBenchOptions } from "./arguments.ts";
import type { Contender } from "./contender.ts";
import { buildProgram, GolemImageContenders } from "./contenders/golem-image.ts";
import { withGvmkitBuild } from "./contenders/gvmkit-build.ts";
import { mksquashfsContenders, tar2sqfsContenders } from "./contenders/squashfs-tools.ts";
import { prepareInputs } from "./inputs/inputs.ts";
import { describeMachine, loadRemarks } from "./machine.ts";
import { writeSections } from "./marked-section.ts";
import { formatResults, formatTargets, type Results } from "./report.ts";
import { runRounds, type Series } from "./rounds.ts";

export interface ConversionBenchmark extends ConvertBenchOptions {
  readonly repository: string;
  readonly signal?: AbortSignal;
}

export interface BenchReport {
  readonly markdown: string;
  /** False when an incremental conversion gave other bytes than a cold one. */
  readonly isSound: boolean;
}

/** Makes the inputs, runs everything that can be had, and reports; nothing is asserted of speed. */
export async function benchmarkConversion(options: ConversionBenchmark): Promise<BenchReport> {
  const { size, runs, directory, repository, signal } = options;
  const onStep = (step: string) => console.error(`[${new Date().toISOString()}] ${step}`);
  const remarks: string[] = [];
  const onMissing = (reason: string) => remarks.push(reason);
  const inputs = await prepareInputs(size, directory, onStep, signal);
  const output = join(directory, `run-${process.pid}`);
  await mkdir(output, { recursive: true });
  try {
    const program = await buildProgram(repository, join(output, "program"), signal);
    const ours = new GolemImageContenders(program, inputs, output);
    const wanted = ({ name }: Pick<Contender, "name">) =>
      options.only.length === 0 || options.only.some((beginning) => name.startsWith(beginning));
    // Very large inputs are there to look at our memory.
    const isHuge = size === "huge";
    const others = isHuge
      ? []
      : [...mksquashfsContenders(inputs, output), ...tar2sqfsContenders(inputs, output)];
    const contenders = [...others, ...ours.cold(), ...ours.otherPresets()];
    if (!isHuge) contenders.push(...ours.cached());
    let series: Series[] = [];
    const compete = async (all: readonly Contender[]) => {
      const chosen = all.filter(wanted);
      if (chosen.length === 0) throw new UsageError(`Nothing to run: ${names(all)} are there.`);
      remarks.push(...loadRemarks());
      series = await runRounds(chosen, { runs, onStep, onMissing, ...(signal && { signal }) });
    };
    if (isHuge || !wanted({ name: "gvmkit-build" })) await compete(contenders);
    else {
      const place = { directory, output };
      let isReady = false;
      try {
        onStep("gvmkit-build and a Docker engine");
        await withGvmkitBuild(
          inputs,
          place,
          async (gvmkit) => {
            isReady = true;
            await compete([gvmkit, ...contenders]);
          },
          signal,
        );
      } catch (error) {
        if (isReady || signal?.aborted) throw error;
        onMissing(`gvmkit-build did not run: ${(error as Error).message}`);
        await compete(contenders);
      }
    }
    const results: Results = {
      size,
      runs,
      date: new Date().toISOString().slice(0, 10),
      machine: await describeMachine(),
      remarks,
      series,
      identical: ours.identical,
      reusedShares: ours.reusedShares,
    };
    return await report(results, options);
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

async function report(results: Results, options: ConversionBenchmark): Promise<BenchReport> {
  const [table, targets] = [formatResults(results), formatTargets(results)];
  const { repository, size } = options;
  // The smallest inputs say nothing of speed.
  if (options.write && size !== "tiny") {
    await writeSections(join(repository, "docs", "benchmarks.md"), { [`convert-${size}`]: table });
    if (size === "small") {
      await writeSections(join(repository, "bench", "README.md"), { "convert-targets": targets });
    }
  }
  const isSound = [...results.identical.values()].every((isIdentical) => isIdentical);
  return { markdown: `${table}\n\n${targets}`, isSound };
}

function names(contenders: readonly Contender[]): string {
  return contenders.map(({ name }) => name).join(", ");
}
