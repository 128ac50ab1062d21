import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { MissingToolError } from "../../errors.ts";

const BINARY = join("dist", "guest", "agent-x86_64");

/**
 * The guest agent that is shipped in `dist/guest`, found from wherever this code runs: a bundle in `dist`
 * or the sources.
 *
 * @throws {MissingToolError} when the file is not there
 */
export function guestAgentBinary(from: string = __dirname): string {
  for (let directory = from; ; directory = dirname(directory)) {
    const candidate = join(directory, BINARY);
    if (existsSync(candidate)) return candidate;
    if (directory === dirname(directory)) break;
  }
  throw new MissingToolError(`The guest agent (${BINARY}) is missing beside this program.`, {
    hint: "Run `npm run build:guest`, or install golem-image again.",
  });
}
