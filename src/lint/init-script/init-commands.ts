import { posix } from "node:path";
import { shellQuote } from "../../system/shell-quote.ts";
import { SERVERS } from "../servers.ts";
import type { WordQuoting } from "./quoting.ts";
import type { ServiceDescription, Variable } from "./service.ts";

/** Shells refuse to set these. */
const READ_ONLY = new Set(["UID", "EUID", "PPID", "BASHOPTS", "SHELLOPTS", "BASH_VERSINFO"]);

/** Whether a shell can set a variable of this name. */
export function isShellName(name: string): boolean {
  return /^[A-Za-z_]\w*$/.test(name) && !READ_ONLY.has(name);
}

export interface InitCommandOptions {
  /** How words of shell scripts are quoted. */
  readonly quote?: WordQuoting;
  /** Whether a word may stand in an argv as it is; all may by default. */
  readonly isPlain?: (word: string) => boolean;
}

/**
 * What a requestor runs, one command after the other, so that happens what ENTRYPOINT, CMD, ENV and USER do in
 * a container: absolute paths, because there is no PATH search in the VM, and a shell for all that an argv
 * cannot say. A program with ports is left in the background, because its command would never end.
 */
export function initCommands(
  service: ServiceDescription,
  { quote = shellQuote, isPlain = () => true }: InitCommandOptions = {},
): (readonly string[])[] {
  const script = startScript(service, quote);
  const { argv } = service;
  const needsShell =
    script?.text !== `exec ${argv.map(quote).join(" ")}` ||
    !argv[0]?.startsWith("/") ||
    !argv.every(isPlain);
  return [
    ...(opensRoot(service) ? [["/bin/chmod", "+x", "/"]] : []),
    ...(script ? [needsShell ? ["/bin/sh", "-c", script.text] : argv] : []),
  ];
}

/** The same as a script for `/bin/sh`. */
export function initShellLines(service: ServiceDescription): string[] {
  return [
    ...(opensRoot(service) ? ["chmod +x /"] : []),
    ...(startScript(service, shellQuote)?.lines ?? []),
  ];
}

/** Some providers leave the root directory to root alone, so that other users reach nothing at all. */
export function opensRoot({ user, argv }: ServiceDescription): boolean {
  const program = posix.basename(argv[0] ?? "");
  return (
    user !== undefined ||
    SERVERS.some((server) => server.dropsPrivileges && server.programs.includes(program))
  );
}

export function staysInBackground({ ports }: ServiceDescription): boolean {
  return ports.length > 0;
}

interface Script {
  readonly lines: readonly string[];
  /** On one line. */
  readonly text: string;
}

function startScript(service: ServiceDescription, quote: WordQuoting): Script | undefined {
  const { argv, user, variables } = service;
  if (argv.length === 0) return undefined;
  const end = staysInBackground(service) ? " >/dev/null 2>&1 &" : "";
  const command = withOddVariables(argv, variables).map(quote).join(" ");
  const exports = variables.filter(({ name }) => isShellName(name));
  const assignments = exports.map(({ name, value }) => `${name}=${quote(value)}`);
  const setUp = assignments.length === 0 ? "" : `export ${assignments.join(" ")}; `;
  if (user !== undefined && canUseSu(user)) {
    // su sets some variables itself, so ours are set behind it.
    const line = `exec su -s /bin/sh ${quote(user)} -c ${quote(`${setUp}exec ${command}`)}${end}`;
    return { lines: [line], text: line };
  }
  const start = `exec ${user === undefined ? "" : setpriv(user, quote)}${command}${end}`;
  const lines = [...assignments.map((assignment) => `export ${assignment}`), start];
  return { lines, text: setUp + start };
}

/** Variables that only a container engine can set are set by env. */
function withOddVariables(
  argv: readonly string[],
  variables: readonly Variable[],
): readonly string[] {
  const odd = variables.filter(({ name }) => !isShellName(name));
  if (odd.length === 0) return argv;
  return ["/usr/bin/env", ...odd.map(({ name, value }) => `${name}=${value}`), ...argv];
}

/** su(1), which every image with a shell has, knows no numbers and no groups. */
export function canUseSu(user: string): boolean {
  return !/^\d+$/.test(user) && !user.includes(":");
}

/** A part of util-linux; by its path, because the one of busybox can do less. */
function setpriv(user: string, quote: WordQuoting): string {
  const [name = "", group = name] = user.split(":");
  return `/usr/bin/setpriv --reuid=${quote(name)} --regid=${quote(group)} --clear-groups `;
}
