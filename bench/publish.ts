import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { hashFile } from "../src/gvmi/hash-file.ts";
import { chunkSections } from "../src/publish/registry/chunk-sections.ts";
import type { PublishBenchOptions } from "./arguments.ts";
import { installGvmkitBuild } from "./contenders/install-gvmkit-build.ts";
import type { BenchReport } from "./convert.ts";
import { describeNetworkMachine, loadRemarks } from "./machine.ts";
import { writeSections } from "./marked-section.ts";
import { measurePublish, type PublishInput, type PublishRound } from "./publish/measure-publish.ts";
import { formatPublishResults } from "./publish/report.ts";

const FILE_BYTES = 1_000_000_000;
const BLOCK_BYTES = 1_000_000;

/** Sends 1 GB over loopback in turn with curl and the official client, and reports; nothing is asserted of speed. */
export async function benchmarkPublish(
  options: PublishBenchOptions & { readonly repository: string; readonly signal?: AbortSignal },
): Promise<BenchReport> {
  const { runs, directory, repository, signal } = options;
  const place = join(directory, `publish-${process.pid}`);
  await mkdir(place, { recursive: true });
  try {
    const programs = {
      server: await bundle(repository, "bench/publish/chunk-server.ts", place),
      store: await bundle(repository, "bench/publish/store-process.ts", place),
    };
    console.error(`[${new Date().toISOString()}] writing the input`);
    const input = await writeInput(place, signal);
    const remarks = loadRemarks();
    const official = await installGvmkitBuild(directory, signal).catch((error: Error) => {
      signal?.throwIfAborted();
      remarks.push(`gvmkit-build did not run: ${error.message}`);
      return undefined;
    });
    const rounds: PublishRound[] = [];
    for (let round = 1; round <= runs; round++) {
      console.error(`[${new Date().toISOString()}] round ${round} of ${runs}`);
      rounds.push(await measurePublish(input, { ...programs, official }, place, round, signal));
    }
    const date = new Date().toISOString().slice(0, 10);
    const machine = await describeNetworkMachine();
    const markdown = formatPublishResults({
      date,
      runs: rounds.length,
      machine,
      remarks,
      rounds,
      bytes: input.size,
    });
    if (options.write) {
      await writeSections(join(repository, "docs", "benchmarks.md"), { publish: markdown });
    }
    return { markdown, isSound: true };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

/** A file whose chunks all differ, and the chunks as files. */
async function writeInput(place: string, signal?: AbortSignal): Promise<PublishInput> {
  const path = join(place, "image.gvmi");
  const block = Buffer.alloc(BLOCK_BYTES, "golem");
  const file = await open(path, "w");
  try {
    for (let at = 0; at < FILE_BYTES; at += BLOCK_BYTES) {
      signal?.throwIfAborted();
      block.writeDoubleBE(at);
      await file.write(block);
    }
  } finally {
    await file.close();
  }
  const hashed = await hashFile(path, signal);
  const chunkPaths: string[] = [];
  const source = await open(path, "r");
  try {
    for (const [number, { start, length }] of chunkSections(hashed.descriptor).entries()) {
      const chunkPath = join(place, `chunk-${number}`);
      const { buffer } = await source.read(Buffer.alloc(length), 0, length, start);
      const chunk = await open(chunkPath, "w");
      await chunk.writeFile(buffer);
      await chunk.close();
      chunkPaths.push(chunkPath);
    }
  } finally {
    await source.close();
  }
  return { path, ...hashed, chunkPaths };
}

async function bundle(repository: string, entryPoint: string, place: string): Promise<string> {
  const outfile = join(place, `${entryPoint.split("/").at(-1)}.cjs`);
  await build({
    entryPoints: [join(repository, entryPoint)],
    outfile,
    ...({ bundle: true, platform: "node", target: "node20", format: "cjs" } as const),
    logLevel: "warning",
  });
  return outfile;
}
