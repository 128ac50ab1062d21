import { displayText } from "../../system/display-text.ts";
import { effectiveVariables } from "../effective-commands.ts";
import { entryScriptBytes } from "../entry-scripts.ts";
import type { LintContext, Rule } from "../rule.ts";
import { variablesOf } from "../shell-variables.ts";
import { startedScripts } from "../started-scripts.ts";

/** Shells have values of their own for these, or need none. */
const OWN_VARIABLES = new Set([
  "PATH",
  "HOME",
  "PWD",
  "OLDPWD",
  "IFS",
  "HOSTNAME",
  "SHELL",
  "TERM",
]);

export const environmentInScript: Rule = {
  id: "GVM103",
  name: "environment-in-script",
  severity: "warning",
  depths: ["dockerfile", "config", "files"],
  summary: "A script that starts the image's program needs variables of ENV.",
  why: "Commands of a requestor start with an empty environment on current providers, so the script sees nothing in the place of these variables when a requestor runs it.",
  cure: "Set the variables in the command that runs the script, or give them defaults in the script.",
  page: {
    bad: `FROM debian:12
ENV MODEL=large
CMD infer --model "$MODEL"`,
    good: `# In the init script of the requestor:
["/bin/sh", "-c", "MODEL=large; infer --model \\"$MODEL\\""]`,
    affected:
      "Providers with a runtime from 0.5 (profiles `documented` and `v0.5`). Older ones pass the variables on; an image is good when it works on all.",
  },
  proof: [
    "a script that needs variables of ENV sees nothing in their place",
    "the init commands start the program as its user, with its variables, and it answers",
  ],
  contents: entryScriptBytes,
  *check(context) {
    const variables = imageVariables(context);
    for (const { name, text, place, isShell } of startedScripts(context)) {
      if (!isShell) continue;
      const used = [...variablesOf(text)].filter((variable) => variables.has(variable));
      if (used.length === 0) continue;
      const [first = ""] = used;
      const names = used.slice(0, MAX_NAMES).map((variable) => `$${displayText(variable)}`);
      const more = used.length > MAX_NAMES ? ` and ${used.length - MAX_NAMES} more` : "";
      const verb = used.length === 1 ? "is" : "are";
      const default_ = `\${${displayText(first)}:-${displayText(variables.get(first) ?? "...")}}`;
      yield {
        place,
        message: `${displayText(name)} uses ${names.join(", ")}${more} of ENV, which ${verb} empty when a requestor runs the same command.`,
        cure: `Set ${used.length === 1 ? "it" : "them"} in that command, or write a default into the script, such as ${default_}`,
      };
    }
  },
};

const MAX_NAMES = 8;

/** With those whose values only the build knows. */
function imageVariables(context: LintContext): Map<string, string | undefined> {
  const declared = (context.declared?.variables ?? []).map(({ name, value }) => [name, value]);
  const effective = effectiveVariables(context).map(({ name, value }) => [name, value]);
  const all = [...declared, ...effective] as [string, string | undefined][];
  return new Map(all.filter(([name]) => !OWN_VARIABLES.has(name)));
}
