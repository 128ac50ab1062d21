import { constants } from "node:os";
import { InterruptedError } from "../errors.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * A signal that is aborted, with an InterruptedError as its reason, by the first SIGINT, SIGTERM or
 * SIGHUP, so that everything unwinds and cleans up. A second one ends the process at once; what it
 * leaves is then removed by the exit handlers only.
 */
export function abortOnInterruption(process: NodeJS.Process): AbortSignal {
  const controller = new AbortController();
  for (const name of SIGNALS) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(128 + constants.signals[name]);
      controller.abort(new InterruptedError(name));
    });
  }
  return controller.signal;
}
