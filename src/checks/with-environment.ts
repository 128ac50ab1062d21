import { shellQuote } from "../system/shell-quote.ts";
import type { FileView } from "./files/file-view.ts";

type Argv = readonly [string, ...string[]];

const ENV_PROGRAMS = ["/usr/bin/env", "/bin/env"] as const;
const SHELL = "/bin/sh";

/** What a shell can set, as far as it does not keep it for itself: bash refuses these. */
const SHELL_NAME = /^[A-Za-z_]\w*$/;
const SHELL_OWN: ReadonlySet<string> = new Set(["UID", "EUID", "PPID", "SHELLOPTS", "BASHOPTS"]);

/**
 * A command with variables, as a requestor has to set them where the runtime drops the environment: by a shell, or
 * by env(1), whichever the image has and can set them.
 */
export async function withEnvironment(
  files: FileView,
  argv: Argv,
  variables: ReadonlyMap<string, string>,
): Promise<{ readonly argv: Argv } | { readonly problem: string }> {
  if (variables.size === 0) return { argv };
  const { hasShell, env } = await setters(files);
  const beyondShell = [...variables.keys()].find((name) => !isForShell(name));
  const entries = [...variables].map(([key, value]) => ({ key, value }));
  if (hasShell && beyondShell === undefined) {
    const assignments = entries.map(({ key, value }) => `${key}=${shellQuote(value)}`);
    return { argv: [SHELL, "-c", `export ${assignments.join(" ")}; exec "$0" "$@"`, ...argv] };
  }
  if (env !== undefined) {
    return { argv: [env, ...entries.map(({ key, value }) => `${key}=${value}`), ...argv] };
  }
  return {
    problem:
      beyondShell !== undefined && hasShell
        ? `no shell can set the variable ${beyondShell}, and the image has no env, which could`
        : "the image has neither /bin/sh nor env, so nothing in it can set the variables of the test",
  };
}

/** Whether the image has anything that can set variables. */
export async function canSetVariables(files: FileView): Promise<boolean> {
  const { hasShell, env } = await setters(files);
  return hasShell || env !== undefined;
}

function isForShell(name: string): boolean {
  return SHELL_NAME.test(name) && !SHELL_OWN.has(name);
}

async function setters(files: FileView): Promise<{ hasShell: boolean; env: string | undefined }> {
  const hasShell = (await files.follow(SHELL)) !== undefined;
  for (const program of ENV_PROGRAMS) {
    if (await files.follow(program)) return { hasShell, env: program };
  }
  return { hasShell, env: undefined };
}
