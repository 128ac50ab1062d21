import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { descriptorDigest } from "../../src/gvmi/descriptor.ts";
import type { HashedGvmi } from "../../src/gvmi/hash-file.ts";
import { chunkSections } from "../../src/publish/registry/chunk-sections.ts";
import { PARALLEL_CHUNKS } from "../../src/publish/registry/upload-image.ts";
import { type MeasuredResult, type Measurement, measure } from "../measure.ts";

export interface PublishPrograms {
  readonly server: string;
  readonly store: string;
}

export interface PublishInput extends HashedGvmi {
  readonly path: string;
  /** The same file's chunks as files of their own, as curl wants them. */
  readonly chunkPaths: readonly string[];
}

export interface PublishRound {
  readonly curl: Measurement;
  readonly ours: Measurement;
  /** With the same image already there. */
  readonly again: Measurement;
}

/** Sends an image with both, each to a server of its own that has nothing yet. */
export async function measurePublish(
  input: PublishInput,
  programs: PublishPrograms,
  directory: string,
  signal?: AbortSignal,
): Promise<PublishRound> {
  const curl = await withServer(programs.server, directory, async (url) => {
    const config = join(directory, "curl.config");
    await writeFile(config, curlConfig(input, url));
    const parallel = ["--parallel", "--parallel-immediate", "--parallel-max", `${PARALLEL_CHUNKS}`];
    const args = ["--silent", "--show-error", "--fail", ...parallel, "--config", config];
    return await measure({ program: "curl", args }, signal);
  });
  const [ours, again] = await withServer(programs.server, directory, async (url) => {
    const { path, hash, size, descriptor } = input;
    const args = [programs.store, path, hash, `${size}`, descriptor.toString("base64")];
    const command = { program: process.execPath, args, environment: { REGISTRY_URL: url } };
    const first = expectNew(await measure(command, signal), true);
    return [first, expectNew(await measure(command, signal), false)] as const;
  });
  return { curl, ours, again };
}

/** One form for each chunk, as our client sends it. */
function curlConfig({ descriptor, chunkPaths }: PublishInput, url: string): string {
  const digest = descriptorDigest(descriptor);
  const transfers = chunkSections(descriptor).map(({ start, length, sha256 }, number) =>
    [
      `url = "${url}/v1/image/push/chunk"`,
      `form = "descr-sha256=${digest}"`,
      `form = "chunk-no=${number}"`,
      `form = "chunk-sha256=${sha256}"`,
      `form = "chunk-pos=${start}"`,
      `form = "chunk-len=${length}"`,
      `form = "file=@${chunkPaths[number]};filename=descriptor.txt;type=application/octet-stream"`,
      'output = "/dev/null"',
    ].join("\n"),
  );
  return `${transfers.join("\nnext\n")}\n`;
}

function expectNew(result: MeasuredResult, isNew: boolean): MeasuredResult {
  if (JSON.parse(result.stdout).isNew === isNew) return result;
  throw new Error(`The image was ${isNew ? "there already" : "sent again"}.`);
}

async function withServer<T>(
  program: string,
  directory: string,
  body: (url: string) => Promise<T>,
): Promise<T> {
  const store = join(directory, "store");
  const server = spawn(process.execPath, [program, store], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [url] = await once(createInterface(server.stdout), "line");
    return await body(url);
  } finally {
    const closed = once(server, "close");
    server.kill();
    await closed;
    await rm(store, { force: true });
  }
}
