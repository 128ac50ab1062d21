import type { DeclaredVariable } from "../dockerfile/final-image.ts";
import { shellQuote } from "../system/shell-quote.ts";
import { findSecrets } from "./find-secrets.ts";

/** More would not be read in a message. */
const MAX_LENGTH = 1000;

/**
 * The command that does as a step of a requestor's init script what ENTRYPOINT and CMD do in a container:
 * an absolute path or a shell, because a Golem VM searches no PATH, and with the variables that ENV sets.
 *
 * @returns an argv in JSON; see `assignment` for values that it does not have
 */
export function initCommand(
  argv: readonly string[],
  variables: readonly DeclaredVariable[],
): string {
  const assignments = variables.map((variable) => assignment(variable, variables));
  const isScript = argv.length === 3 && argv[0] === "/bin/sh" && argv[1] === "-c";
  if (assignments.length === 0 && (argv[0]?.startsWith("/") ?? false)) return displayArgv(argv);
  const command = isScript ? (argv[2] ?? "") : `exec ${argv.map(shellQuote).join(" ")}`;
  const setUp = assignments.length === 0 ? "" : `export ${assignments.join(" ")}; `;
  return displayArgv(["/bin/sh", "-c", setUp + command]);
}

/**
 * A variable as a shell sets it; `...` stands for a value that only the build knows, and for one that is
 * nobody's business.
 *
 * @param others what the image sets, too
 */
export function assignment(
  variable: DeclaredVariable,
  others: readonly DeclaredVariable[] = [],
): string {
  const { name, value } = variable;
  if (isConfidential(variable)) return `${name}=...`;
  if (value !== undefined) return `${name}=${shellQuote(value)}`;
  return `${name}=${addedToPath(variable, others) ?? "..."}`;
}

/** The shell has a PATH, too, that can be added to. */
function addedToPath(
  { name, written }: DeclaredVariable,
  others: readonly DeclaredVariable[],
): string | undefined {
  if (name !== "PATH" || written.length > MAX_LENGTH) return undefined;
  const text = written.replace(/\$(?:(\w+)|\{(\w+)\})/g, (reference, plain, braced) => {
    const of = plain ?? braced;
    return (of !== "PATH" && others.find((other) => other.name === of)?.value) || reference;
  });
  return /^"?(?:[\w@%+=:,./-]|\$PATH\b|\$\{PATH\})*"?$/.test(text) ? text : undefined;
}

/** Reports end up in places that more people read than the Dockerfile. */
function isConfidential({ name, value = "" }: DeclaredVariable): boolean {
  const isNamed = /(?:PASS|PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIALS?|KEY)$/i.test(name);
  if ((isNamed && value !== "") || /:\/\/[^\s/@]*:[^\s/@]+@/.test(value)) return true;
  return findSecrets(value).length > 0;
}

function displayArgv(argv: readonly string[]): string {
  const text = `[${argv.map((word) => JSON.stringify(word)).join(", ")}]`;
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}…` : text;
}
