import { type Conditions, formatMeasured, NOTHING } from "../conditions.ts";
import { verdict } from "../markdown-table.ts";
import { median, medianRatio } from "../statistics.ts";

export interface ActionStarts {
  readonly action: string;
  /** Milliseconds, by round. */
  readonly times: readonly number[];
  /** Of all files of its bundle. */
  readonly bytes: number;
}

export interface ActionResults extends Conditions {
  /** Milliseconds of `node -e 0`, by round. */
  readonly floors: readonly number[];
  readonly actions: readonly ActionStarts[];
}

/** Milliseconds that a start may take. */
const MOST_MS = 300;
/** MiB that a bundle may have, unless Amazon's client is in it. */
const MOST_MIB = 2;

const MIB = 1024 ** 2;

/** The results as Markdown. */
export function formatActionResults(results: ActionResults): string {
  const { floors, actions } = results;
  return formatMeasured(results, undefined, [
    ["whole process", `ms (at most ${MOST_MS})`, "to node's", `MiB (at most ${MOST_MIB})`],
    ["`node -e 0`", median(floors).toFixed(0), "1.00", NOTHING],
    ...actions.map(({ action, times, bytes }) => [
      `\`${action}\``,
      verdict(median(times), MOST_MS, 0),
      medianRatio(times, floors).toFixed(2),
      verdict(bytes / MIB, MOST_MIB, 2),
    ]),
  ]);
}
