import { displayText } from "../../system/display-text.ts";
import { isAtOrBelow } from "../../system/paths-below.ts";
import { VM_MOUNTS } from "../../vm/image/vm-mounts.ts";
import { effectiveCommands } from "../effective-commands.ts";
import { basePlace, effectiveVolumes } from "../effective-image.ts";
import { entryPath, followLinks, imageFiles } from "../image-files.ts";
import type { LintContext, Rule, RuleFinding } from "../rule.ts";

const SHELL = "/bin/sh";
export const missingShell: Rule = {
  id: "GVM017",
  name: "missing-shell",
  severity: "error",
  depths: ["files"],
  summary: "The image has no shell, or not the program that a test runs.",
  why: "A command starts only when its program is in the image, by its absolute path. Text is run by /bin/sh -c; and without a shell no requestor's script can use variables, pipes or redirections.",
  cure: "Add a shell such as busybox, or run programs by an argv with an absolute path.",
  page: {
    bad: `FROM scratch
COPY program /program
# golem-image.yml: tests: [{name: works, run: "/program --version | grep 1"}]`,
    good: `FROM busybox
COPY program /program
# golem-image.yml: tests: [{name: works, run: "/program --version | grep 1"}]`,
    affected: "All providers.",
  },
  proof: ["runs no shell text, and programs all the same"],
  *check(context) {
    if (!context.entries) return;
    const missing = missingPrograms(context);
    yield* missing;
    if (missing.length > 0 || hasFile(context, SHELL)) return;
    yield {
      place: basePlace(context),
      severity: "info",
      message: `The image has no ${SHELL}: commands can only be programs with their arguments, without variables, pipes and redirections.`,
    };
  },
};

function missingPrograms(context: LintContext): RuleFinding[] {
  const volumes = effectiveVolumes(context).map(({ path }) => path);
  const found = new Map<string, RuleFinding>();
  for (const { source, argv, place } of effectiveCommands(context)) {
    const program = argv[0] ?? "";
    if (source !== "test" || !program.startsWith("/") || hasFile(context, program)) continue;
    if ([...VM_MOUNTS, ...volumes].some((directory) => isAtOrBelow(program, directory))) continue;
    const what = program === SHELL ? "a shell for the tests' commands" : "for a test";
    found.set(program, {
      place,
      message: `The image has no ${displayText(program)}, ${what}: the command ends with exit code 9 and no output on current providers.`,
    });
  }
  return [...found.values()];
}

function hasFile({ entries }: LintContext, path: string): boolean {
  return followLinks(imageFiles(entries ?? []), `/${entryPath(path)}`)?.type === "file";
}
