import { cp, mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ConversionError } from "../../src/errors.ts";
import { hashFile } from "../../src/gvmi/hash-file.ts";
import type { Command } from "../../src/system/run-command.ts";
import type { Contender } from "../contender.ts";
import type { Inputs } from "../inputs/inputs.ts";
import { type MeasuredResult, measure, run } from "../measure.ts";

/** Builds the command line program into `directory`. @returns its path */
export async function buildProgram(
  repository: string,
  directory: string,
  signal?: AbortSignal,
): Promise<string> {
  const args = [join(repository, "scripts", "build.mjs"), directory];
  await run({ program: process.execPath, args, directory: repository }, signal);
  return join(directory, "cli", "index.cjs");
}

/** What a conversion must have found in its cache. */
type CacheUse = "hit" | "near" | "miss";

/** Our conversions: whole processes, each with a cache directory of its own. */
export class GolemImageContenders {
  /** Whether each incremental conversion gave the bytes that a cold one gives, by contender. */
  readonly identical = new Map<string, boolean>();
  /** The part of an incremental conversion's blocks that were reused, by contender. */
  readonly reusedShares = new Map<string, number>();
  private readonly coldHashes = new Map<string, string>();

  constructor(
    private readonly program: string,
    private readonly inputs: Inputs,
    private readonly directory: string,
  ) {}

  cold(): Contender[] {
    const { archive, gzipArchive } = this.inputs;
    const balanced = ["--compression", "balanced"];
    return [
      this.contender("balanced", "golem-image balanced, from docker save", archive, balanced),
      this.contender(
        "gzip-layers",
        "golem-image balanced, from an OCI archive with gzip layers",
        gzipArchive,
        balanced,
      ),
    ];
  }

  otherPresets(): Contender[] {
    return ["smallest", "fastest"].map((preset) =>
      this.contender(preset, `golem-image ${preset}`, this.inputs.archive, [
        "--compression",
        preset,
      ]),
    );
  }

  /** With the conversion of the unchanged image in the cache. */
  cached(): Contender[] {
    const { archive, changedAbove, changedBelow } = this.inputs;
    return [
      this.cachedContender("changed-above", "golem-image, 1 % changed by a layer above", {
        source: changedAbove,
        expected: "near",
      }),
      this.cachedContender("changed-below", "golem-image, 1 % changed in the only layer", {
        source: changedBelow,
        expected: "near",
      }),
      this.cachedContender("unchanged", "golem-image, unchanged image", {
        source: archive,
        expected: "hit",
      }),
    ];
  }

  private contender(
    name: string,
    description: string,
    source: string,
    options: readonly string[],
  ): Contender {
    const output = join(this.directory, `${name}.gvmi`);
    return {
      name,
      description,
      output,
      prepare: () => rm(output, { force: true }),
      run: (signal) => measure(this.command(source, output, ["--no-cache", ...options]), signal),
    };
  }

  private cachedContender(
    name: string,
    description: string,
    { source, expected }: { source: string; expected: CacheUse },
  ): Contender {
    const output = join(this.directory, `${name}.gvmi`);
    const cache = join(this.directory, `${name}.cache`);
    return {
      name,
      description,
      output,
      prepare: async () => {
        await rm(output, { force: true });
        await rm(cache, { recursive: true, force: true });
        await cp(await this.seededCache(), cache, { recursive: true });
      },
      run: async (signal) => {
        const command = this.command(source, output, [], cache);
        const result = await measure(command, signal);
        this.checkCacheUse(name, result, expected);
        const cold = await this.coldHash(source, signal);
        const isIdentical = (await hashFile(output, signal)).hash === cold;
        this.identical.set(name, isIdentical && this.identical.get(name) !== false);
        return result;
      },
    };
  }

  /** A cache directory that has the conversion of the unchanged image. */
  private async seededCache(): Promise<string> {
    const cache = join(this.directory, "seed.cache");
    const output = join(this.directory, "seed.gvmi");
    if (!this.coldHashes.has(cache)) {
      await rm(cache, { recursive: true, force: true });
      await mkdir(cache, { recursive: true });
      await run(this.command(this.inputs.archive, output, [], cache));
      this.coldHashes.set(cache, (await hashFile(output)).hash);
      await rm(output);
    }
    return cache;
  }

  private async coldHash(source: string, signal?: AbortSignal): Promise<string> {
    const output = join(this.directory, "cold.gvmi");
    let hash = this.coldHashes.get(source);
    if (hash === undefined) {
      await run(this.command(source, output, ["--no-cache"]), signal);
      ({ hash } = await hashFile(output, signal));
      this.coldHashes.set(source, hash);
      await rm(output);
    }
    return hash;
  }

  private checkCacheUse(name: string, { stdout }: MeasuredResult, expected: CacheUse): void {
    const { cache, reusedShare } = JSON.parse(stdout) as { cache?: string; reusedShare?: number };
    if (cache !== expected) {
      throw new ConversionError(
        `The conversion ${name} should have found a ${expected} in its cache, and says ${cache}.`,
      );
    }
    if (reusedShare !== undefined) this.reusedShares.set(name, reusedShare);
  }

  private command(
    source: string,
    output: string,
    options: readonly string[],
    cache = join(this.directory, "no.cache"),
  ): Command {
    // The largest input is larger than what is taken for a bomb.
    const common = ["--json", "--max-uncompressed", "64GiB"];
    return {
      program: process.execPath,
      args: [this.program, "convert", source, "--output", output, ...common, ...options],
      environment: { GOLEM_IMAGE_CACHE: cache },
      // Away from any golem-image.yml.
      directory: this.directory,
    };
  }
}
