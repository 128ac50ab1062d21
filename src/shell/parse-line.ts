import { posix } from "node:path";
import { UsageError } from "../errors.ts";
import { splitWords } from "./split-words.ts";

/** What a line of a session asks for. */
export type Request =
  | { readonly kind: "nothing" }
  /** A command for the guest. */
  | { readonly kind: "run"; readonly line: string }
  | { readonly kind: "put"; readonly from: string; readonly to: string }
  | { readonly kind: "get"; readonly from: string; readonly to: string }
  | { readonly kind: "volumes" | "stats" | "help" }
  /** Ends the session, with the status of the last command when none is given. */
  | { readonly kind: "exit"; readonly status: number | undefined };

/** The session's own requests, for help and for messages about wrong ones. */
export const REQUESTS: readonly (readonly [usage: string, meaning: string])[] = [
  ["!put HOST GUEST", "copy a file of this machine into a volume"],
  ["!get GUEST [HOST]", "copy a file out of a volume"],
  ["!volumes", "list the volumes with their directories on this machine"],
  ["!stats", "show what the guest uses of its memory, overlay and /tmp"],
  ["!exit [STATUS]", "end the session, as exit and Ctrl-D do"],
  ["!help", "show this list"],
];

/**
 * Reads one line: after a `!` and without a blank come the session's own requests (`! command` is sh's
 * negation), and `exit` ends the session; all else is for the guest.
 *
 * @throws {UsageError} when a request is unknown or has the wrong number of words
 */
export function parseLine(line: string): Request {
  const text = line.trim();
  if (text === "" || text.startsWith("#")) return { kind: "nothing" };
  const exit = /^!?exit(?:\s+(\d{1,3}))?\s*;?$/.exec(text);
  if (exit) return { kind: "exit", status: exit[1] === undefined ? undefined : statusOf(exit[1]) };
  if (!/^!\w/.test(text)) return { kind: "run", line };
  const [name = "", ...words] = splitWords(text);
  const [first, second] = words;
  switch (name) {
    case "!put":
      if (words.length !== 2 || first === undefined || second === undefined) break;
      return { kind: "put", from: first, to: withName(second, first) };
    case "!get":
      if (words.length > 2 || first === undefined) break;
      return { kind: "get", from: first, to: withName(second ?? "./", first) };
    case "!volumes":
    case "!stats":
    case "!help":
      if (words.length > 0) break;
      return { kind: name.slice(1) as "volumes" | "stats" | "help" };
  }
  throw misused(name);
}

/** A destination that ends with a slash is a directory, in which the file keeps its name. */
function withName(destination: string, source: string): string {
  return destination.endsWith("/") ? posix.join(destination, posix.basename(source)) : destination;
}

function statusOf(text: string): number {
  const status = Number(text);
  if (status <= 255) return status;
  throw new UsageError(`Invalid exit status: ${text}. Must be a whole number from 0 to 255.`);
}

function misused(name: string): UsageError {
  const known = REQUESTS.find(([usage]) => usage.split(" ")[0] === name);
  return known
    ? new UsageError(`Wrong use of ${name}.`, { hint: `Write ${known[0]}: ${known[1]}.` })
    : new UsageError(`There is no ${name}.`, {
        hint: `There are ${REQUESTS.map(([usage]) => usage.split(" ")[0]).join(", ")}.`,
      });
}
