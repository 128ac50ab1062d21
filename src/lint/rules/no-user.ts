import { displayText } from "../../system/display-text.ts";
import { basePlace } from "../effective-image.ts";
import type { LintContext, Rule, RuleFinding } from "../rule.ts";

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
    "the init commands start the program as its user, with its variables, and it answers",
  ],
  *check(context) {
    const { declared, config } = context;
    const user = declared?.user;
    // The last USER decides, whatever a base image says.
    if (user) yield* describe(user.value, user.written, "", user.place);
    else if (config?.User) yield* inherited(context, config.User);
  },
};

function* inherited(context: LintContext, user: string): Generator<RuleFinding> {
  const origin = context.dockerfile ? " of the base image" : "";
  yield* describe(user, user, origin, basePlace(context));
}

function* describe(
  value: string | undefined,
  written: string,
  origin: string,
  place: RuleFinding["place"],
): Generator<RuleFinding> {
  const name = (value ?? written).split(":", 1)[0] ?? "";
  if (value !== undefined && /^(?:root|0*)$/.test(name)) return;
  const command = /^\d+$/.test(name)
    ? `["/bin/sh", "-c", "exec setpriv --reuid=${name} --regid=${groupOf(value, name)} --clear-groups command"]`
    : `["/bin/su", "-s", "/bin/sh", "${displayText(name)}", "-c", "command"]`;
  yield {
    place,
    ...(value === undefined && { severity: "info" }),
    message: `USER ${displayText(value ?? written)}${origin} has no effect: every command in a Golem VM runs as root.`,
    ...(value !== undefined && {
      cure: `Where the program must not be root, start it by ${command}, after a first init command ["/bin/chmod", "+x", "/"].`,
    }),
  };
}

function groupOf(value: string | undefined, name: string): string {
  const group = value?.split(":")[1] ?? "";
  return /^\d+$/.test(group) ? group : name;
}
