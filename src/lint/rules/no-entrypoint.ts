import type { DeclaredCommand } from "../../dockerfile/final-image.ts";
import { basePlace } from "../effective-image.ts";
import { initCommand } from "../init-command.ts";
import type { LintContext, Rule } from "../rule.ts";

/** What base images start when nothing else is said: nobody misses these in a VM. */
const INTERACTIVE_PROGRAMS = new Set(
  [
    "sh",
    "ash",
    "bash",
    "dash",
    "zsh",
    "busybox",
    "python",
    "python3",
    "node",
    "irb",
    "jshell",
  ].concat(["php", "perl", "lua", "ghci", "iex", "erl", "julia", "R", "bun", "deno"]),
);

export const noEntrypoint: Rule = {
  id: "GVM002",
  name: "no-entrypoint",
  severity: "warning",
  depths: ["dockerfile", "config"],
  summary: "ENTRYPOINT and CMD have no effect.",
  why: "A Golem VM starts nothing by itself: every program runs because a requestor's script says so.",
  cure: "Start the program in the requestor's init script. The finding shows the command that does the same.",
  page: {
    bad: `FROM debian:12
COPY serve /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/serve", "--port", "80"]`,
    good: `# In the init script of the requestor:
["/usr/local/bin/serve", "--port", "80"]`,
    affected:
      "All providers. Runtimes from 0.3 start an entry point for requestors that ask for it, and not every requestor's library can.",
  },
  proof: [
    "ENTRYPOINT does not run",
    "the init commands start the program as its user, with its variables, and it answers",
  ],
  *check(context) {
    const entrypoint = effective(context, "entrypoint", context.config?.Entrypoint);
    const command = effective(context, "command", context.config?.Cmd);
    const first = entrypoint ?? command;
    const isShell = first === command && first !== undefined && isInteractive(first);
    if (!first || (isShell && first.origin !== "")) return;
    const argv = [...(entrypoint?.argv ?? []), ...argumentsOf(entrypoint, command)];
    const { variables = [], user } = context.declared ?? {};
    const asRoot = user && !/^(?:root|0+)(?::|$)/.test(user.value ?? "") ? " (as root)" : "";
    yield {
      place: first.place,
      ...(isShell && { severity: "info" }),
      message: `${entrypoint ? "ENTRYPOINT" : "CMD"}${first.origin} does not run in a Golem VM.`,
      cure: `The init command that does the same${asRoot}: ${initCommand(argv, variables)}`,
    };
    if (entrypoint && command?.origin === "") {
      const where = entrypoint.origin || ` (line ${entrypoint.place.line})`;
      yield {
        place: command.place,
        message: `CMD does not run in a Golem VM. It belongs to the init command that replaces ENTRYPOINT${where}.`,
      };
    }
  },
};

interface EffectiveCommand extends DeclaredCommand {
  /** Nothing when the Dockerfile says it. */
  readonly origin: "" | " of the base image" | " of the image";
}

/** The configuration has what the Dockerfile says, and what it inherits. */
function effective(
  context: LintContext,
  which: "entrypoint" | "command",
  configured: readonly string[] | undefined,
): EffectiveCommand | undefined {
  const declared = context.declared?.[which];
  if (declared) return { ...declared, origin: "" };
  if (!configured?.length) return undefined;
  const origin = context.dockerfile ? " of the base image" : " of the image";
  return { argv: configured, place: basePlace(context), origin };
}

function isInteractive({ argv }: EffectiveCommand): boolean {
  const program = argv[0]?.split("/").at(-1) ?? "";
  return argv.length === 1 && INTERACTIVE_PROGRAMS.has(program);
}

/** CMD completes an entry point in the JSON form; one that is shell text takes no arguments. */
function argumentsOf(
  entrypoint: DeclaredCommand | undefined,
  command: DeclaredCommand | undefined,
): readonly string[] {
  const isShellText = entrypoint?.argv.length === 3 && entrypoint.argv[1] === "-c";
  return isShellText ? [] : (command?.argv ?? []);
}
