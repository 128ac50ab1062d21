// Needs nothing but Linux: the image is made here. `taskset` (util-linux) limits the number of cores.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  directory,
  dockerArchive,
  file,
  gzipped,
  ociArchive,
  symlink,
} from "../support/archives.ts";
import { bundleCli } from "../support/cli.ts";

let work: string;
let program: string;

/** Bytes that look random and are the same every time. */
function noise(seed: string, size: number): Buffer {
  const chunks: Buffer[] = [];
  for (let index = 0; index * 32 < size; index++) {
    chunks.push(createHash("sha256").update(`${seed}${index}`).digest());
  }
  return Buffer.concat(chunks).subarray(0, size);
}

const layers = [
  gzipped([
    directory("usr/", { mode: 0o755 }),
    file("usr/large", Buffer.concat([noise("a", 3_000_000), Buffer.alloc(2_000_000, "text ")])),
    ...Array.from({ length: 300 }, (_, index) =>
      file(`usr/small-${index}`, noise(`${index}`, 999)),
    ),
  ]),
  gzipped([file("usr/late", noise("b", 2_000_000)), symlink("link", "usr/late")]),
];
const config = { Volumes: { "/golem/input": {} }, Env: ["A=1"], User: "1000" };

beforeAll(async () => {
  program = await bundleCli();
  work = mkdtempSync(join(tmpdir(), "reproducible-"));
  mkdirSync(join(work, "elsewhere"));
  writeFileSync(join(work, "oci.tar"), ociArchive(layers, { config }));
  writeFileSync(join(work, "docker.tar"), dockerArchive(layers, { config }));
  writeFileSync(
    join(work, "future.cjs"),
    "const Real = Date; globalThis.Date = class extends Real { constructor(...a) { super(...(a.length ? a : [4e12])); } static now() { return 4e12; } };",
  );
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

const sha3 = (path: string) => createHash("sha3-224").update(readFileSync(path)).digest("hex");

interface Surroundings {
  umask?: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  prefix?: string[];
  source?: string;
}

async function convertIn(surroundings: Surroundings): Promise<string> {
  const { umask = "022", env, cwd = work, prefix = [], source = "oci.tar" } = surroundings;
  const output = join(work, "out.gvmi");
  const command = [
    ...prefix,
    ...[process.execPath, program, "convert", join(work, source), "-o", output, "--no-cache", "-q"],
  ];
  const child = spawn("sh", ["-c", 'umask "$0"; exec "$@"', umask, ...command], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const code = await new Promise((resolve) => child.on("close", resolve));
  expect(code).toBe(0);
  const hash = sha3(output);
  rmSync(output);
  return hash;
}

test("whatever surrounds a conversion, and whichever archive it comes from, the bytes are the same", async () => {
  const hashes = new Set<string>();
  for (const surroundings of [
    {},
    { source: "docker.tar" },
    { umask: "077" },
    { umask: "000", source: "docker.tar" },
    { env: { TZ: "Pacific/Kiritimati" } },
    { env: { LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" } },
    { cwd: join(work, "elsewhere") },
    { prefix: ["taskset", "--cpu-list", "0"] },
    { env: { UV_THREADPOOL_SIZE: "1" } },
    { env: { UV_THREADPOOL_SIZE: "16" }, source: "docker.tar" },
    { env: { NODE_OPTIONS: `--require ${join(work, "future.cjs")}` } },
  ] satisfies Surroundings[]) {
    hashes.add(await convertIn(surroundings));
  }
  expect([...hashes]).toHaveLength(1);
});

test("killed at any moment, a conversion leaves the old output or the new one, and nothing else", async () => {
  const seed = Number(process.env.GOLEM_IMAGE_TEST_SEED ?? Date.now() % 1_000_000);
  const outputs = join(work, "outputs");
  const output = join(outputs, "image.gvmi");
  mkdirSync(outputs);
  writeFileSync(output, "the old output");
  const allowed = new Set([sha3(output)]);
  const args = [program, "convert", join(work, "oci.tar"), "-o", output, "--no-cache", "-q"];
  const env = { ...process.env, TMPDIR: work };
  const started = Date.now();
  const whole = spawn(process.execPath, args, { env, stdio: "ignore" });
  await new Promise((resolve) => whole.on("close", resolve));
  const duration = Date.now() - started;
  allowed.add(sha3(output));
  writeFileSync(output, "the old output");

  for (let round = 0; round < 50; round++) {
    const random =
      createHash("sha256").update(`${seed} ${round}`).digest().readUInt32LE(0) / 2 ** 32;
    const child = spawn(process.execPath, args, { env, stdio: "ignore" });
    const closed = new Promise((resolve) => child.on("close", resolve));
    await Promise.race([closed, delay(random * duration * 1.1)]);
    child.kill("SIGKILL");
    await closed;
    const found = {
      seed,
      round,
      files: readdirSync(outputs),
      isAllowed: allowed.has(sha3(output)),
    };
    expect(found).toEqual({ seed, round, files: ["image.gvmi"], isAllowed: true });
    writeFileSync(output, "the old output");
  }
});
