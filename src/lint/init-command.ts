import type { DeclaredVariable } from "../dockerfile/final-image.ts";

/** More would not be read in a message. */
const MAX_LENGTH = 1000;

/**
 * The command that does as a step of a requestor's init script what ENTRYPOINT and CMD do in a container:
 * an absolute path or a shell, because a Golem VM searches no PATH, and with the variables that ENV sets.
 *
 * @returns an argv in JSON
 */
export function initCommand(
  argv: readonly string[],
  variables: readonly DeclaredVariable[],
): string {
  const assignments = variables.flatMap(({ name, value }) =>
    value === undefined ? [] : [`${name}=${shellQuote(value)}`],
  );
  const isScript = argv.length === 3 && argv[0] === "/bin/sh" && argv[1] === "-c";
  if (assignments.length === 0 && (argv[0]?.startsWith("/") ?? false)) return displayArgv(argv);
  const command = isScript ? (argv[2] ?? "") : `exec ${argv.map(shellQuote).join(" ")}`;
  const setUp = assignments.length === 0 ? "" : `export ${assignments.join(" ")}; `;
  return displayArgv(["/bin/sh", "-c", setUp + command]);
}

/** Quotes a word for a POSIX shell where it needs it. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function displayArgv(argv: readonly string[]): string {
  const text = `[${argv.map((word) => JSON.stringify(word)).join(", ")}]`;
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
