// A program for the tests: makes a volume with a limit of 4 MiB, tries to write 6 MiB, tells what became of
// it, and, when asked to, waits for its end with the volume in use.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { withVolumeStorage } from "../../../src/vm/storage/volume-storage.ts";
import { openVolumeFile, writeVolumeFile } from "../../../src/vm/volume-files.ts";
import { makeVolumes } from "../../../src/vm/volumes.ts";

const MIB = 1024 * 1024;

async function* content(bytes: number): AsyncGenerator<Uint8Array> {
  for (let written = 0; written < bytes; written += MIB) yield Buffer.alloc(MIB, 1);
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "gi, "));
  const volumes = await makeVolumes(["/a", "/b"], directory);
  await withVolumeStorage(volumes, { limitMib: 4 }, async ({ volumes, report, usage }) => {
    const put = (path: string, bytes: number) =>
      writeVolumeFile(volumes, path, content(bytes)).then(
        () => "written",
        (error: Error) => error.message,
      );
    const outcomes = [await put("/a/deep/small", MIB), await put("/b/large", 6 * MIB)];
    const found = await openVolumeFile(volumes, "/a/deep/small");
    const size = "problem" in found ? found.problem : (await found.stat()).size;
    if (!("problem" in found)) await found.close();
    const directories = volumes.map(({ hostDirectory }) => hostDirectory);
    const result = { outcomes, size, report, usage: await usage(), directories };
    process.stdout.write(`${JSON.stringify(result)}\n`);
    if (process.argv.includes("--wait")) await delay(60_000);
  });
  rmSync(directory, { recursive: true });
}

void main();
