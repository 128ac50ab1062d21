import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { prepareSystemRuntime } from "../src/vm/system-runtime.ts";
import type { BootBenchOptions } from "./arguments.ts";
import { busyboxImage } from "./boot/busybox-image.ts";
import { type BootMeasurement, measureBoot, measureFloor } from "./boot/measure-boot.ts";
import { powerOffInitramfs } from "./boot/power-off-initramfs.ts";
import { type BootFloor, type BootResults, formatBootResults } from "./boot/report.ts";
import type { BenchReport } from "./convert.ts";
import { describeBootMachine, loadRemarks } from "./machine.ts";
import { writeSections } from "./marked-section.ts";

/** As the official runtime's own defaults. */
const MEMORY_MIB = 256;
const CPUS = 1;
const BOOT_TIMEOUT_MS = 120_000;

/** Boots in turn with a floor, and reports; nothing is asserted of speed. */
export async function benchmarkBoot(
  options: BootBenchOptions & { readonly repository: string; readonly signal?: AbortSignal },
): Promise<BenchReport> {
  const { runs, accelerator, directory, repository, signal } = options;
  const onStep = (step: string) => console.error(`[${new Date().toISOString()}] ${step}`);
  const runtime = await prepareSystemRuntime({ accelerator, ...(signal && { signal }) });
  const machine = {
    qemu: runtime.qemu,
    accelerator: runtime.acceleratorChoice.accelerator,
    memoryMib: MEMORY_MIB,
    cpus: CPUS,
  };
  const { image: packaged, uncompressed } = runtime.kernel;
  const place = join(directory, `boot-${process.pid}`);
  await mkdir(place, { recursive: true });
  try {
    const image = await busyboxImage(join(place, "busybox.gvmi"));
    const floorInitramfs = join(place, "power-off.cpio");
    await writeFile(floorInitramfs, powerOffInitramfs());
    const bootOptions = {
      profile: "documented" as const,
      memoryMib: MEMORY_MIB,
      cpus: CPUS,
      bootTimeoutMs: BOOT_TIMEOUT_MS,
      accelerator: machine.accelerator,
      ...(signal && { signal }),
    };
    const remarks = loadRemarks();
    const floors: BootFloor[] = [];
    const boots: BootMeasurement[] = [];
    for (let round = 1; round <= runs; round++) {
      onStep(`round ${round} of ${runs}: the floor`);
      const floorOf = (kernel: string) =>
        measureFloor({ ...machine, kernel }, floorInitramfs, place);
      floors.push({
        packaged: await floorOf(packaged),
        ...(uncompressed !== undefined && { uncompressed: await floorOf(uncompressed) }),
      });
      signal?.throwIfAborted();
      onStep(`round ${round} of ${runs}: an image`);
      boots.push(await measureBoot(image, bootOptions));
    }
    const results: BootResults = {
      runs,
      accelerator: machine.accelerator,
      date: new Date().toISOString().slice(0, 10),
      machine: await describeBootMachine(runtime),
      remarks,
      floors,
      boots,
    };
    const markdown = formatBootResults(results);
    if (options.write) {
      await writeSections(join(repository, "docs", "benchmarks.md"), {
        [`boot-${machine.accelerator}`]: markdown,
      });
    }
    return { markdown, isSound: true };
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
