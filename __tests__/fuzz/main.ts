import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { FuzzFinding, runCase } from "./fuzz-target.ts";
import { openTarget, type TargetName } from "./targets.ts";

/** The child of scripts/fuzz.mjs: tries seed after seed and tells its parent before each. */
async function main(name: TargetName, firstSeed: number, seconds: number, findings: string) {
  const end = performance.now() + seconds * 1000;
  await withTemporaryDirectory(async (directory) => {
    const target = await openTarget(name, directory);
    let accepted = 0;
    let seed = firstSeed;
    for (; performance.now() < end; seed++) {
      process.send?.({ seed, accepted });
      try {
        if (await runCase(target, seed, directory)) accepted++;
      } catch (error) {
        if (error instanceof FuzzFinding) {
          const path = join(findings, `fuzz-${name}-${seed}.bin`);
          writeFileSync(path, error.input);
          process.stderr.write(`${error.message}\nIts input is in ${path}.\n`);
        }
        throw error;
      }
    }
    process.send?.({ seed, accepted });
  });
}

process.once("SIGINT", () => process.exit(0));
const [, , name, seed, seconds, findings] = process.argv;
main(name as TargetName, Number(seed), Number(seconds), findings ?? ".").then(
  () => process.disconnect?.(),
  (error: Error) => {
    process.stderr.write(`${error.stack}\n${String((error.cause as Error)?.stack ?? "")}\n`);
    process.exit(1);
  },
);
