import type { DeclaredCommand } from "../../dockerfile/final-image.ts";
import { basePlace } from "../effective-image.ts";
import { initCommand } from "../init-command.ts";
import type { LintContext, Rule, RuleFinding } from "../rule.ts";

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
  *check(context) {
    const { entrypoint, command, variables } = context.declared ?? {
      entrypoint: undefined,
      command: undefined,
      variables: [],
    };
    if (!entrypoint && !command) {
      yield* inherited(context);
      return;
    }
    const first = entrypoint ?? command;
    const argv = [...(entrypoint?.argv ?? []), ...argumentsOf(entrypoint, command)];
    const keyword = entrypoint ? "ENTRYPOINT" : "CMD";
    if (!first) return;
    yield {
      place: first.place,
      message: `${keyword} does not run in a Golem VM. The init command that does the same: ${initCommand(argv, variables)}`,
    };
    if (entrypoint && command) {
      const line = entrypoint.place.line;
      yield {
        place: command.place,
        message: `CMD does not run in a Golem VM. It belongs to the init command that replaces ENTRYPOINT (line ${line}).`,
      };
    }
  },
};

/** CMD completes an entry point in the JSON form; one that is shell text takes no arguments. */
function argumentsOf(
  entrypoint: DeclaredCommand | undefined,
  command: DeclaredCommand | undefined,
): readonly string[] {
  const isShellText = entrypoint?.argv.length === 3 && entrypoint.argv[1] === "-c";
  return isShellText ? [] : (command?.argv ?? []);
}

function* inherited(context: LintContext): Generator<RuleFinding> {
  const { Entrypoint, Cmd } = context.config ?? {};
  const argv = [...(Entrypoint ?? []), ...(Cmd ?? [])];
  const program = argv[0]?.split("/").at(-1) ?? "";
  const isInteractive =
    !Entrypoint?.length && argv.length === 1 && INTERACTIVE_PROGRAMS.has(program);
  if (argv.length === 0 || isInteractive) return;
  const what = Entrypoint?.length ? "ENTRYPOINT" : "CMD";
  yield {
    place: basePlace(context),
    message: `${what} of the base image does not run in a Golem VM. The init command that does the same: ${initCommand(argv, [])}`,
  };
}
