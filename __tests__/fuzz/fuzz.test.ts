import { withTemporaryDirectory } from "../../src/system/temporary.ts";
import { runCase } from "./fuzz-target.ts";
import { openTarget, TARGET_NAMES } from "./targets.ts";

/** A slice of what `npm run fuzz` does for as long as one likes; FUZZ_SEED repeats it. */
const FIRST_SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 1e9));
const CASES = 200;

test.each(TARGET_NAMES)(
  `%s: no input from seed ${FIRST_SEED} breaks the reader`,
  async (name) => {
    await withTemporaryDirectory(async (directory) => {
      const target = await openTarget(name, directory);
      const outcomes = new Set<boolean>();
      for (let seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
        outcomes.add(await runCase(target, seed, directory));
      }
      // Inputs that are all refused at once would reach little of the reader.
      expect(outcomes).toEqual(new Set([true, false]));
    });
  },
  60_000,
);
