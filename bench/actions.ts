import { spawn } from "node:child_process";
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ACTION_NAMES, type ActionName } from "../src/actions/inputs/action-names.ts";
import { ConversionError } from "../src/errors.ts";
import { type ActionStarts, formatActionResults } from "./actions/report.ts";
import type { ActionsBenchOptions } from "./arguments.ts";
import { buildProgram } from "./contenders/golem-image.ts";
import type { BenchReport } from "./convert.ts";
import { describeHardware, loadRemarks } from "./machine.ts";
import { writeSections } from "./marked-section.ts";

/**
 * Starts each action, whole process, in turn with a node that does nothing. Each reads its settings and then ends
 * with the error that what it works on is missing; lint lints a Dockerfile. Nothing is asserted of speed.
 */
export async function benchmarkActions(
  options: ActionsBenchOptions & { readonly repository: string; readonly signal?: AbortSignal },
): Promise<BenchReport> {
  const { runs, directory, repository, signal } = options;
  const place = join(directory, `actions-${process.pid}`);
  await mkdir(place, { recursive: true });
  try {
    await buildProgram(repository, join(place, "dist"), signal);
    const remarks = loadRemarks();
    await writeFile(join(place, "Dockerfile"), "FROM scratch\nCOPY a /a\n");
    const bundle = (action: ActionName) => join(place, "dist", action);
    const start = (action: ActionName) =>
      milliseconds([join(bundle(action), "index.cjs")], place, action === "lint" ? 0 : 1);
    const floors: number[] = [];
    const starts = new Map<ActionName, number[]>(ACTION_NAMES.map((action) => [action, []]));
    // The first ones read the programs from the disk.
    await milliseconds(["-e", "0"], place, 0);
    for (const action of ACTION_NAMES) await start(action);
    for (let round = 1; round <= runs; round++) {
      signal?.throwIfAborted();
      floors.push(await milliseconds(["-e", "0"], place, 0));
      for (const [action, times] of starts) times.push(await start(action));
    }
    const actions: ActionStarts[] = [];
    for (const [action, times] of starts) {
      actions.push({ action, times, bytes: await bytesIn(bundle(action)) });
    }
    const markdown = formatActionResults({
      runs,
      date: new Date().toISOString().slice(0, 10),
      machine: [`${describeHardware()}; node ${process.versions.node}`],
      remarks,
      floors,
      actions,
    });
    if (options.write) {
      await writeSections(join(repository, "docs", "benchmarks.md"), { actions: markdown });
    }
    return { markdown, isSound: true };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

async function bytesIn(directory: string): Promise<number> {
  let bytes = 0;
  for (const name of await readdir(directory)) bytes += (await stat(join(directory, name))).size;
  return bytes;
}

/** Runs node to its end, in an environment without builders. */
function milliseconds(args: readonly string[], place: string, expected: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const env = { PATH: "", RUNNER_TEMP: place, GITHUB_WORKSPACE: place, INPUT_SUMMARY: "false" };
    const child = spawn(process.execPath, args, { env, stdio: "ignore" });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (code === expected) resolve(performance.now() - started);
      else reject(new ConversionError(`node ${args.join(" ")} ended with ${code ?? signal}.`));
    });
  });
}
