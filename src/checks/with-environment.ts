import { shellQuote } from "../system/shell-quote.ts";
import type { FileView } from "./files/file-view.ts";

type Argv = readonly [string, ...string[]];

const ENV_PROGRAMS = ["/usr/bin/env", "/bin/env"] as const;

/**
 * A command with variables, as a requestor has to set them where the runtime drops the environment: by a shell, or
 * by env(1), whichever the image has.
 */
export async function withEnvironment(
  files: FileView,
  argv: Argv,
  variables: ReadonlyMap<string, string>,
): Promise<{ readonly argv: Argv } | { readonly problem: string }> {
  if (variables.size === 0) return { argv };
  const entries = [...variables];
  if (await files.follow("/bin/sh")) {
    const assignments = entries.map(([key, value]) => `${key}=${shellQuote(value)}`);
    return { argv: ["/bin/sh", "-c", `export ${assignments.join(" ")}; exec "$0" "$@"`, ...argv] };
  }
  for (const program of ENV_PROGRAMS) {
    if (await files.follow(program)) {
      return { argv: [program, ...entries.map(([key, value]) => `${key}=${value}`), ...argv] };
    }
  }
  return {
    problem:
      "the image has neither /bin/sh nor env, so nothing in it can set the variables of the test",
  };
}
