import type { Accelerator } from "../../src/vm/qemu/command-line.ts";
import { type Conditions, formatMeasured, NOTHING } from "../conditions.ts";
import { verdict } from "../markdown-table.ts";
import { median, medianRatio } from "../statistics.ts";
import type { BootMeasurement } from "./measure-boot.ts";

/** Milliseconds of a whole process that boots a kernel and powers off. */
export interface BootFloor {
  /** The kernel as the distribution packages it. */
  readonly packaged: number;
  /** The same taken out of its image, where that is what boots. */
  readonly uncompressed?: number;
}

export interface BootResults extends Conditions {
  readonly accelerator: Accelerator;
  /** By round. */
  readonly floors: readonly BootFloor[];
  readonly boots: readonly BootMeasurement[];
}

/** What the agent may take until it is ready, of the floor's whole run. */
const READY_TARGET = 1.3;
/** Milliseconds that a command may cost beside its own run time. */
const COMMAND_TARGET = 100;
/** Milliseconds. */
const SHUTDOWN_TARGET = 300;

/** The results as Markdown. */
export function formatBootResults(results: BootResults): string {
  const { boots } = results;
  const floors = results.floors.map(({ packaged }) => packaged);
  const uncompressed = results.floors.flatMap((floor) => floor.uncompressed ?? []);
  const values = (key: keyof BootMeasurement) => boots.map((boot) => boot[key]);
  const milliseconds = (key: keyof BootMeasurement) => median(values(key)).toFixed(0);
  const ratio = (key: keyof BootMeasurement) => medianRatio(values(key), floors);
  const overhead = median(boots.map((boot) => boot.command - boot.commandItself));
  return formatMeasured(results, results.accelerator.toUpperCase(), [
    ["what", "ms", "to the floor", "at most"],
    [
      "the floor: the kernel boots and powers off, whole process",
      median(floors).toFixed(0),
      "1.000",
      NOTHING,
    ],
    ...(uncompressed.length === 0
      ? []
      : [
          [
            "the same with the kernel taken out of its image",
            median(uncompressed).toFixed(0),
            medianRatio(uncompressed, floors).toFixed(3),
            NOTHING,
          ],
        ]),
    [
      "until the guest agent is ready",
      milliseconds("ready"),
      verdict(ratio("ready"), READY_TARGET),
      String(READY_TARGET),
    ],
    ["whole run with one command", milliseconds("wholeRun"), ratio("wholeRun").toFixed(3), NOTHING],
    [
      "one of ten commands, beside its own run time",
      verdict(overhead, COMMAND_TARGET, 1),
      NOTHING,
      `${COMMAND_TARGET} ms`,
    ],
    ["the command's own run time", milliseconds("commandItself"), NOTHING, NOTHING],
    [
      "from the last command until everything is gone",
      verdict(median(values("shutdown")), SHUTDOWN_TARGET, 0),
      NOTHING,
      `${SHUTDOWN_TARGET} ms`,
    ],
  ]);
}
