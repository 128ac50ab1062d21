import type { DeclaredVariable } from "../../dockerfile/final-image.ts";
import type { Place } from "../../dockerfile/source-text.ts";
import { displayText, escapeControls } from "../../system/display-text.ts";
import { basePlace } from "../effective-image.ts";
import { assignment } from "../init-command.ts";
import type { LintContext, Rule, RuleFinding } from "../rule.ts";

export const noEnvironment: Rule = {
  id: "GVM003",
  name: "no-environment",
  severity: "warning",
  depths: ["dockerfile", "config"],
  summary: "Variables of ENV are not there at run time.",
  why: "Commands of a requestor start with an empty environment on current providers. ENV works while the image is built.",
  cure: "Set the variables with each command, as in /bin/sh -c 'KEY=value command', or write a .env file in the init script for programs that read one.",
  page: {
    bad: `FROM debian:12
ENV MODEL=large
COPY infer /usr/local/bin/`,
    good: `# In the script of the requestor:
["/bin/sh", "-c", "MODEL=large /usr/local/bin/infer"]`,
    affected:
      "Providers with a runtime from 0.5 (profiles `documented` and `v0.5`). Older ones pass the variables on; an image is good when it works on all.",
  },
  proof: [
    "variables of ENV are there on older runtimes only",
    "the init commands start the program as its user, with its variables, and it answers",
  ],
  *check(context) {
    const declared = context.declared?.variables ?? [];
    for (const [place, variables] of byInstruction(declared)) {
      const names = variables.map(({ name }) => name);
      if (names.every((name) => BUILD_VARIABLES.test(name))) {
        yield {
          place,
          severity: "info",
          message: describe(names),
          cure: `Nothing has to be done if only the build needs ${it(names)}.`,
        };
        continue;
      }
      yield {
        place,
        message: describe(names),
        cure: `Set ${it(names)} with the command, as in ${example(variables, declared)}, or write ${it(names)} into a .env file that the program reads.`,
      };
    }
    yield* inherited(context, new Set(declared.map(({ name }) => name)));
  },
};

/** What package managers and downloads of the build read, and nobody misses later. */
const BUILD_VARIABLES =
  /^(?:DEBIAN_FRONTEND|DEBCONF_\w+|PIP_\w+|POETRY_\w+|UV_\w+|(?:npm_config|NPM_CONFIG)_\w+|GPG_KEY|\w+_(?:VERSION|RELEASE|SHA|SHA256|SHA512|CHECKSUM|GPG_KEYS?|DOWNLOAD_URL|TARBALL))$/;

function byInstruction(variables: readonly DeclaredVariable[]): Map<Place, DeclaredVariable[]> {
  const groups = new Map<Place, DeclaredVariable[]>();
  for (const variable of variables) {
    groups.set(variable.place, [...(groups.get(variable.place) ?? []), variable]);
  }
  return groups;
}

function* inherited(context: LintContext, own: ReadonlySet<string>): Generator<RuleFinding> {
  const names = (context.config?.Env ?? [])
    .map((pair) => pair.split("=", 1)[0] ?? "")
    // Shells have a PATH of their own.
    .filter((name) => name !== "" && name !== "PATH" && !own.has(name));
  if (names.length === 0) return;
  yield {
    place: basePlace(context),
    severity: "info",
    message: describe(names, context.dockerfile ? " of the base image" : " of the image"),
    cure: "Set what the program needs with the command.",
  };
}

function describe(names: readonly string[], origin = ""): string {
  const [plural, verb] = names.length === 1 ? ["", "is"] : ["s", "are"];
  return `The variable${plural} ${listNames(names)}${origin} ${verb} not there when commands run in a Golem VM.`;
}

const it = (names: readonly string[]) => (names.length === 1 ? "it" : "them");

const MAX_NAMES = 12;

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, MAX_NAMES).map(displayText).join(", ");
  return names.length > MAX_NAMES ? `${shown} and ${names.length - MAX_NAMES} more` : shown;
}

/** More of a command would not be read in a cure. */
const MAX_COMMAND = 200;

function example(variables: readonly DeclaredVariable[], all: readonly DeclaredVariable[]): string {
  const words: string[] = [];
  let length = 0;
  for (const variable of variables) {
    const word = assignment(variable, all);
    length += word.length;
    if (length > MAX_COMMAND) break;
    words.push(word);
  }
  if (words.length < variables.length) words.push("...");
  return escapeControls(
    JSON.stringify(["/bin/sh", "-c", [...words, "command"].join(" ")]).replaceAll('","', '", "'),
  );
}
