import { setTimeout as delay } from "node:timers/promises";
import type { PlannedTest, TestContext } from "../checks/planned-test.ts";
import type { Measurements } from "../vm/measurements.ts";
import { mergeVolumes } from "./merge-measurements.ts";

/** Between looks at the volumes, in milliseconds. */
const INTERVAL_MS = 50;

/** The most that each volume held, looked at while tests run: what they have removed at their end counts, too. */
export class VolumePeaks {
  volumes: Measurements["volumes"] = [];

  /** The same test, watched. */
  watch(test: PlannedTest): PlannedTest {
    return {
      ...test,
      run: async (context) => {
        const end = new AbortController();
        const watching = this.#look(context, end.signal);
        try {
          return await test.run(context);
        } finally {
          end.abort();
          await watching;
        }
      },
    };
  }

  async #look({ machine }: TestContext, ended: AbortSignal): Promise<void> {
    while (!ended.aborted && machine?.isUsable()) {
      // Files come and go while they are counted; the next look is as good.
      const now = await machine.volumeUsage().catch(() => []);
      this.volumes = mergeVolumes(this.volumes, now);
      await delay(INTERVAL_MS, undefined, { signal: ended }).catch(() => {});
    }
  }
}
