import { basePlace } from "../effective-image.ts";
import { entryScriptBytes } from "../entry-scripts.ts";
import { imageFiles } from "../image-files.ts";
import type { LintContext, Rule } from "../rule.ts";
import { findProgram, findServers } from "../servers.ts";
import { commandLines } from "../shell-text.ts";
import { startedScripts } from "../started-scripts.ts";

/** Programs whose only purpose is to give up root. */
const TOOLS = ["gosu", "su-exec", "s6-setuidgid", "chpst"];

const DROPPING_COMMAND =
  /(?:^|[\s;&|"'(])(gosu|su-exec|s6-setuidgid|chpst|runuser|setpriv|su(?=\s+(?:-|[a-z_]))|sudo(?=\s+-u))\s/;

const OTHERS_MAY_SEARCH = 0o001;

export const rootPermissions: Rule = {
  id: "GVM013",
  name: "root-permissions",
  severity: "warning",
  depths: ["dockerfile", "config", "files"],
  summary: "A program that gives up root cannot reach any file.",
  why: "Older runtimes make the root directory root's alone (0700). Who is not root can then open nothing at all: nginx answers 404 to everything, PostgreSQL does not find its data.",
  cure: 'Open the root directory with the first init command: ["/bin/chmod", "+x", "/"].',
  page: {
    bad: `# The requestor's init script
- ["/usr/sbin/nginx"]`,
    good: `# The requestor's init script
- ["/bin/chmod", "+x", "/"]
- ["/usr/sbin/nginx"]`,
    affected:
      "Providers with runtimes up to 0.4.0: the profiles documented and v0.3. Newer ones keep the mode that / has in the image.",
  },
  proof: ["a program that gives up root reaches no file behind a closed root directory"],
  contents: entryScriptBytes,
  *check(context) {
    const found = findDroppers(context);
    const closed = closedRoot(context);
    const [first] = found;
    const cure = 'Make ["/bin/chmod", "+x", "/"] the first init command.';
    if (first) {
      const names = [...new Set(found.map(({ name }) => name))].join(", ");
      const who = closed
        ? `the image's root directory has the mode ${closed}`
        : "the root directory has the mode 0700 there (profiles documented and v0.3)";
      const where = closed ? "on all providers" : "on providers with older runtimes";
      const verb = found.length === 1 ? "gives" : "give";
      yield {
        place: first.place,
        message: `${names} ${verb} up root and can then reach no file ${where}: ${who}.`,
        cure,
      };
    } else if (closed) {
      yield {
        place: basePlace(context),
        severity: "info",
        message: `The image's root directory has the mode ${closed}: whoever is not root can reach no file, on any provider.`,
        cure,
      };
    }
  },
};

function findDroppers(context: LintContext) {
  const servers = findServers(context)
    .filter(({ server }) => server.dropsPrivileges)
    .map(({ server, evidence, place }) => ({ name: `${server.name} (${evidence})`, place }));
  const scripts = startedScripts(context).flatMap(({ name, text, place }) => {
    const lines = commandLines(text).map((line) => `${line} `);
    const tool = lines.map((line) => DROPPING_COMMAND.exec(line)?.[1]).find((word) => word);
    return tool === undefined ? [] : [{ name: `${tool} (${name})`, place }];
  });
  const tools = TOOLS.flatMap((tool) => {
    const program = findProgram(context, tool);
    return program ? [{ name: `${tool} (${program.name})`, place: basePlace(context) }] : [];
  });
  const used = [...servers, ...scripts];
  return used.length > 0 ? used : tools;
}

function closedRoot({ entries }: LintContext): string | undefined {
  const root = entries && imageFiles(entries).find("");
  if (!root || (root.mode & OTHERS_MAY_SEARCH) !== 0) return undefined;
  return root.mode.toString(8).padStart(4, "0");
}
