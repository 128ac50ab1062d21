import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { VmError } from "../src/errors.ts";
import { testImage } from "../src/pipeline/test-image.ts";
import type { TestsBenchOptions } from "./arguments.ts";
import { busyboxImage } from "./boot/busybox-image.ts";
import type { BenchReport } from "./convert.ts";
import { describeHardware, loadRemarks } from "./machine.ts";
import { writeSections } from "./marked-section.ts";
import { formatTestsResults, type TestsMeasurement } from "./tests/report.ts";

export const TEST_COUNT = 50;

/** Each changes the VM, so each is followed by a reset: the most expensive kind. */
function commandTests(): string {
  const tests = Array.from({ length: TEST_COUNT }, (_none, index) =>
    [
      `  - name: number ${index}`,
      "    command: /bin/busybox",
      `    args: [sh, -c, "test ! -e /file && echo ${index} > /file"]`,
    ].join("\n"),
  );
  return `schemaVersion: "2.0.0"\ncommandTests:\n${tests.join("\n")}\n`;
}

/** Tests that only look share one state. */
function fileTests(): string {
  const tests = Array.from({ length: TEST_COUNT }, (_none, index) =>
    [
      `  - name: number ${index}`,
      "    path: /bin/busybox",
      "    permissions: -rwxr-xr-x",
      "    uid: 0",
    ].join("\n"),
  );
  return `schemaVersion: "2.0.0"\nfileExistenceTests:\n${tests.join("\n")}\n`;
}

/** Runs files of 50 tests, and tells what they cost beside the one boot that they need. */
export async function benchmarkTests(
  options: TestsBenchOptions & { readonly repository: string; readonly signal?: AbortSignal },
): Promise<BenchReport> {
  const { runs, accelerator, directory, repository, signal } = options;
  const place = join(directory, `tests-${process.pid}`);
  await mkdir(place, { recursive: true });
  try {
    const image = await busyboxImage(join(place, "busybox.gvmi"));
    const files = { commands: join(place, "commands.yaml"), files: join(place, "files.yaml") };
    await writeFile(files.commands, commandTests());
    await writeFile(files.files, fileTests());
    const remarks = loadRemarks();
    const measure = async (file: string): Promise<TestsMeasurement> => {
      const result = await testImage({
        path: image,
        tests: [],
        testFiles: [file],
        vm: {
          runtime: { name: "system" },
          memory: 256,
          cpus: 1,
          accelerator,
          timeouts: { boot: 120_000, command: 60_000, total: 600_000 },
        },
        signal,
        progress: { detail: () => {}, note: () => {} },
      });
      const [profile] = result.profiles;
      if (!profile?.ok || profile.tests.length !== TEST_COUNT) {
        throw new VmError("A test of the benchmark failed.", {
          details: profile?.failure?.message ?? profile?.tests.find(({ ok }) => !ok)?.message,
        });
      }
      const boots = profile.timeline.filter(({ kind }) => kind === "boot");
      const bootMs = boots.reduce((sum, { durationMs }) => sum + durationMs, 0);
      return { totalMs: result.durationMs, bootMs, boots: boots.length };
    };
    // The first one makes what later ones find in the cache.
    await measure(files.files);
    const commands: TestsMeasurement[] = [];
    const looks: TestsMeasurement[] = [];
    for (let round = 1; round <= runs; round++) {
      console.error(`[${new Date().toISOString()}] round ${round} of ${runs}`);
      commands.push(await measure(files.commands));
      looks.push(await measure(files.files));
    }
    const markdown = formatTestsResults({
      runs,
      date: new Date().toISOString().slice(0, 10),
      machine: [`${describeHardware()}; node ${process.versions.node}`],
      remarks,
      series: { "50 commands, each in a fresh state": commands, "50 looks at files": looks },
    });
    if (options.write) {
      await writeSections(join(repository, "docs", "benchmarks.md"), { tests: markdown });
    }
    return { markdown, isSound: true };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
