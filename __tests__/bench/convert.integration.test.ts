// Needs GNU time, GNU tar, setpriv (util-linux) and mksquashfs.
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { runCommand } from "../../src/system/run-command.ts";

const RUN = resolve(__dirname, "../../bench/run.mjs");

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "bench-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const bench = (...args: string[]) =>
  runCommand({
    program: process.execPath,
    args: [RUN, "convert", "--size", "tiny", "--runs", "1", "--directory", directory, ...args],
  });

test("makes its inputs, runs conversions and a peer, and compares them", async () => {
  const only = ["balanced", "changed-above", "unchanged", "mksquashfs-gzip"];
  const { exitCode, stdout, stderr } = await bench(...only.flatMap((name) => ["--only", name]));

  expect([exitCode, stderr]).toEqual([0, expect.stringContaining("round 1 of 1")]);
  const row = (description: string) =>
    stdout.split("\n").find((line) => line.startsWith(`| ${description}`)) ?? "";
  expect(row("mksquashfs gzip -6")).toMatch(/\| 1\.000 \| 1\.000 \| – \|$/);
  expect(row("golem-image balanced, from docker save")).toMatch(/\| \d\.\d{3} \| – \|$/);
  expect(row("golem-image, 1 % changed by a layer above")).toMatch(/\| 9\d\.\d % \|$/);
  expect(row("golem-image, unchanged image")).toContain("| 100.0 % |");
  // Inputs are kept, and nothing else.
  expect(await readdir(directory)).toEqual([expect.stringMatching(/^inputs-\d+-tiny$/)]);
});

test("says what can be run when nothing is chosen", async () => {
  const { exitCode, stderr } = await bench("--only", "nobody");
  expect(exitCode).toBe(1);
  expect(stderr).toContain("Nothing to run: mksquashfs-gzip, mksquashfs-lzo, tar2sqfs, balanced");
});
