import { UsageError } from "../errors.ts";
import { splitCommands } from "./split-words.ts";

/** What one line of a session leaves to the next. */
export interface ShellState {
  /** Absolute. */
  readonly directory: string;
  /** Where `cd -` goes; empty when there is none. */
  readonly previousDirectory: string;
  /** Exported variables that a new shell would not have by itself. */
  readonly exports: ReadonlyMap<string, string>;
  /** Variables that a new shell would have, and that were unset. */
  readonly unset: readonly string[];
}

/** What a shell printed at the end of a line. */
export interface ReportedState {
  readonly directory: string;
  readonly previousDirectory: string;
  readonly exports: ReadonlyMap<string, string>;
}

/** Exported by shells themselves, and different in each. */
const SHELLS_OWN = new Set(["PWD", "OLDPWD", "SHLVL", "_"]);

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads the output of `pwd; export -p`: `export NAME='value'` in most shells, `declare -x NAME="value"` in bash,
 * with any of a shell's quotes.
 *
 * @returns undefined when it is anything else, as when a command in the background wrote in between
 */
export function parseReportedState(text: string): ReportedState | undefined {
  const end = text.search(/\n(?:(?:export|declare|typeset) |$)/);
  const directory = text.slice(0, end);
  if (end === -1 || !directory.startsWith("/")) return undefined;
  const exports = parseExports(text.slice(end));
  if (!exports) return undefined;
  const previousDirectory = exports.get("OLDPWD") ?? "";
  for (const name of SHELLS_OWN) exports.delete(name);
  return { directory, previousDirectory, exports };
}

function parseExports(text: string): Map<string, string> | undefined {
  const exports = new Map<string, string>();
  for (const [command, ...words] of commandsOf(text)) {
    if (!/^(?:export|declare|typeset)$/.test(command ?? "")) return undefined;
    const assignment = words.find((word) => !word.startsWith("-"));
    if (assignment === undefined) return undefined;
    // A name that was exported before it got a value.
    if (!assignment.includes("=")) continue;
    const name = assignment.slice(0, assignment.indexOf("="));
    if (!NAME.test(name)) continue;
    exports.set(name, assignment.slice(name.length + 1));
  }
  return exports;
}

function commandsOf(text: string): string[][] {
  try {
    return splitCommands(text);
  } catch (error) {
    if (error instanceof UsageError) return [["damaged"]];
    throw error;
  }
}

/** @param fresh what a new shell reports before any line */
export function stateAfter(reported: ReportedState, fresh: ReportedState): ShellState {
  const { directory, previousDirectory, exports } = reported;
  return {
    directory,
    previousDirectory,
    exports: new Map([...exports].filter(([name, value]) => fresh.exports.get(name) !== value)),
    unset: [...fresh.exports.keys()].filter((name) => !exports.has(name)),
  };
}
