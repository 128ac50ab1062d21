import { randomBytes } from "node:crypto";
import { UsageError } from "../errors.ts";
import { shellQuote } from "../system/shell-quote.ts";
import type { ShellState } from "./shell-state.ts";

/** The kernel takes no longer argument (MAX_ARG_STRLEN, execve(2)). */
const MAX_SCRIPT_BYTES = 128 * 1024 - 1;

/** What comes before and after the state in a line's output: nothing else can say it by chance. */
export function makeMarker(): string {
  return `golem-image-${randomBytes(16).toString("hex")}`;
}

/**
 * The script for `/bin/sh -c` that runs one line where the one before has left off, and then prints, between
 * two markers, where it leaves off itself.
 *
 * Only what POSIX requires to be built in is used, so the image needs nothing but its sh. The state goes to
 * the original stdout by a descriptor that the line's own commands do not get, so that neither `exec >file`
 * nor a server in the background meets it. The marker stands there in two halves: `ps` shows the script.
 *
 * @param line as it was typed; it may span lines
 * @param status what `$?` is when it begins
 * @throws {UsageError} when the kernel would refuse it for its length
 */
export function lineScript(
  line: string,
  status: number,
  state: ShellState,
  marker: string,
): string {
  const printMarker = `echo ${marker.slice(0, 20)}''${marker.slice(20)}`;
  const script = [
    "exec 9>&1",
    ...changeDirectory(state.directory),
    ...state.unset.map((name) => `unset ${name}`),
    ...[...state.exports].map(([name, value]) => `export ${name}=${shellQuote(value)}`),
    // The cd above has set it.
    state.previousDirectory === ""
      ? "unset OLDPWD"
      : `OLDPWD=${shellQuote(state.previousDirectory)}`,
    ...(status === 0 ? [] : [`(exit ${status})`]),
    // A line may begin with a dash, which must not look like an option.
    `eval ${shellQuote(`\n${line}`)} 9>&-`,
    // Positional parameters hold the status, as any name could be one of the line's own.
    '{ set +x -- "$?"; } 2>/dev/null',
    `{ ${printMarker}; pwd; export OLDPWD; export -p; ${printMarker}; } >&9 2>/dev/null`,
    'exit "$1"',
  ].join("\n");
  const size = Buffer.byteLength(script);
  if (size <= MAX_SCRIPT_BYTES) return script;
  throw new UsageError(
    `The line, with the exported variables, is too long for the VM's kernel: ${size} bytes of at most ${MAX_SCRIPT_BYTES}.`,
    { hint: "Put a longer script into a volume with !put and run it there, or unset variables." },
  );
}

function changeDirectory(directory: string): string[] {
  if (directory === "/") return [];
  const complaint = shellQuote(`golem-image: there is no ${directory} (any more); going on in /`);
  return [`cd ${shellQuote(directory)} 2>/dev/null || echo ${complaint} >&2`];
}
