import type { DeclaredText } from "../../dockerfile/final-image.ts";
import type { Place } from "../../dockerfile/source-text.ts";
import { displayText, escapeControls } from "../../system/display-text.ts";
import { basePlace } from "../effective-image.ts";
import { canUseSu } from "../init-script/init-commands.ts";
import type { LintContext, Rule, RuleFinding } from "../rule.ts";
import { findProgram, isMultiCallProgram } from "../servers.ts";

export const noUser: Rule = {
  id: "GVM005",
  name: "no-user",
  severity: "warning",
  depths: ["dockerfile", "config"],
  summary: "USER has no effect: everything runs as root.",
  why: "The image's user is not kept when it becomes a VM image, and every command of a requestor runs with the user and group 0. Programs that refuse to be root do not start, and files are root's.",
  cure: 'Start the program as its user with the command, as in ["/bin/su", "-s", "/bin/sh", "app", "-c", "command"], after a first init command ["/bin/chmod", "+x", "/"].',
  page: {
    bad: `FROM debian:12
RUN useradd app
USER app`,
    good: `# In the init script of the requestor:
["/bin/chmod", "+x", "/"]
["/bin/su", "-s", "/bin/sh", "app", "-c", "command"]`,
    affected: "All providers.",
  },
  proof: [
    "USER is dropped: commands run as root",
    "the cure of a numeric USER starts a program as that user and group",
    "the init commands start the program as its user, with its variables, and it answers",
  ],
  *check(context) {
    const { declared, config } = context;
    const user = declared?.user;
    // The last USER decides, whatever a base image says.
    if (user) yield* describe(context, user, "", user.place);
    else if (config?.User) yield* inherited(context, config.User);
  },
};

function* inherited(context: LintContext, user: string): Generator<RuleFinding> {
  const origin = context.dockerfile ? " of the base image" : "";
  yield* describe(context, { value: user, written: user }, origin, basePlace(context));
}

function* describe(
  context: LintContext,
  { value, written }: Omit<DeclaredText, "place">,
  origin: string,
  place: Place,
): Generator<RuleFinding> {
  if (value !== undefined && /^(?:root|0*)(?::|$)/.test(value)) return;
  yield {
    place,
    ...(value === undefined && { severity: "info" }),
    message: `USER ${displayText(value ?? written)}${origin} has no effect: every command in a Golem VM runs as root.`,
    ...(value !== undefined && { cure: cureOf(value, context) }),
  };
}

function cureOf(user: string, context: LintContext): string {
  const [name = "", group = name] = user.split(":");
  const tool = canUseSu(user)
    ? { program: "su", origin: "util-linux or busybox", path: pathOf("su", context) ?? "/bin/su" }
    : {
        program: "setpriv",
        origin: "util-linux",
        path: pathOf("setpriv", context) ?? "/usr/bin/setpriv",
      };
  const words = canUseSu(user)
    ? ["-s", "/bin/sh", user, "-c", "command"]
    : [`--reuid=${name}`, `--regid=${group}`, "--clear-groups", "/path/to/command"];
  const argv = [tool.path, ...words].map((word) => escapeControls(JSON.stringify(word))).join(", ");
  const isMissing = areFilesKnown(context) && pathOf(tool.program, context) === undefined;
  const first = isMissing
    ? `add ${tool.program} of ${tool.origin} to the image, and start it`
    : "start it";
  return `Where the program must not be root, ${first} by [${argv}], after a first init command ["/bin/chmod", "+x", "/"].`;
}

/** Without a RUN nothing but copies of own files comes to `scratch`. */
function areFilesKnown({ entries, declared }: LintContext): boolean {
  return entries !== undefined || (declared?.isFromScratch === true && declared.runs.length === 0);
}

/** Where the image has it, absolute; busybox's setpriv cannot change the user. */
function pathOf(program: string, context: LintContext): string | undefined {
  const found = findProgram(context, program);
  return found && !(program === "setpriv" && isMultiCallProgram(found.entry))
    ? found.name
    : undefined;
}
