import { spawn } from "node:child_process";
import { once } from "node:events";
import { link, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { descriptorDigest } from "../../src/gvmi/descriptor.ts";
import type { HashedGvmi } from "../../src/gvmi/hash-file.ts";
import { chunkSections } from "../../src/publish/registry/chunk-sections.ts";
import { PARALLEL_CHUNKS } from "../../src/publish/registry/upload-image.ts";
import { type MeasuredResult, type Measurement, measure, run } from "../measure.ts";

export interface PublishPrograms {
  readonly server: string;
  readonly store: string;
  /** The official client, where it is to be had. */
  readonly official?: string | undefined;
}

export interface PublishInput extends HashedGvmi {
  readonly path: string;
  /** The same file's chunks as files of their own, as curl wants them. */
  readonly chunkPaths: readonly string[];
}

export interface PublishRound {
  readonly curl: Measurement;
  readonly ours: Measurement;
  /** Without the conversion's descriptor, as somebody else's file is published. */
  readonly described: Measurement;
  /** The official client, which always describes the file itself. */
  readonly official?: Measurement;
  /** With the same image already there. */
  readonly again: Measurement;
}

/**
 * Sends an image with each client, to a server of its own that has nothing yet.
 *
 * @param round from 1; each begins with another client, since what ran before leaves its traces
 */
export async function measurePublish(
  input: PublishInput,
  programs: PublishPrograms,
  directory: string,
  round: number,
  signal?: AbortSignal,
): Promise<PublishRound> {
  const place = { input, programs, directory, signal };
  const clients = [sendByCurl, sendDescribed, describeAndSend, sendOfficially];
  const measured: Partial<PublishRound>[] = [];
  for (const turn of clients.keys()) {
    const client = clients[(turn + round - 1) % clients.length];
    // What was written before goes to the disk at nobody's expense.
    await run({ program: "sync", args: [] }, signal);
    if (client) measured.push(await client(place));
  }
  return Object.assign({}, ...measured);
}

interface Place {
  readonly input: PublishInput;
  readonly programs: PublishPrograms;
  readonly directory: string;
  readonly signal: AbortSignal | undefined;
}

async function sendByCurl({ input, programs, directory, signal }: Place) {
  return await withServer(programs.server, directory, async (url) => {
    const config = join(directory, "curl.config");
    await writeFile(config, curlConfig(input, url));
    const parallel = ["--parallel", "--parallel-immediate", "--parallel-max", `${PARALLEL_CHUNKS}`];
    const args = ["--silent", "--show-error", "--fail", ...parallel, "--config", config];
    return { curl: await measure({ program: "curl", args }, signal) };
  });
}

async function sendDescribed(place: Place) {
  const { input, programs, directory } = place;
  const { hash, size, descriptor } = input;
  return await withServer(programs.server, directory, async (url) => {
    const given = [hash, `${size}`, descriptor.toString("base64")];
    const ours = expectNew(await store(place, url, given), true);
    return { ours, again: expectNew(await store(place, url, given), false) };
  });
}

async function describeAndSend(place: Place) {
  const { programs, directory } = place;
  return await withServer(programs.server, directory, async (url) => ({
    described: expectNew(await store(place, url, []), true),
  }));
}

function store({ input, programs, signal }: Place, url: string, described: readonly string[]) {
  const args = [programs.store, input.path, ...described];
  return measure({ program: process.execPath, args, environment: { REGISTRY_URL: url } }, signal);
}

async function sendOfficially({ input, programs, directory, signal }: Place) {
  const { official: program } = programs;
  if (program === undefined) return {};
  // It keeps the descriptor beside the file for the next time, and would not read the file then.
  const path = join(directory, "official", "image.gvmi");
  await mkdir(dirname(path));
  await link(input.path, path);
  try {
    return await withServer(programs.server, directory, async (url) => {
      const args = ["--direct-file-upload", path, "--push", "--nologin", "--hide-progress"];
      const official = await measure({ program, args, environment: { REGISTRY_URL: url } }, signal);
      await expectWhole(url, descriptorDigest(input.descriptor));
      return { official };
    });
  } finally {
    await rm(dirname(path), { recursive: true });
  }
}

/** It ends with 0 whatever a server says. */
async function expectWhole(url: string, digest: string): Promise<void> {
  const answer = await (await fetch(`${url}/v1/image/descr/${digest}`)).text();
  if (JSON.parse(answer).status !== "full")
    throw new Error("The official client has not sent all chunks.");
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
