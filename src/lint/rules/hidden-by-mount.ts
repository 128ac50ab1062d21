import { displayName, type EntryMetadata } from "../../oci/entry.ts";
import { displayText } from "../../system/display-text.ts";
import { formatBytes } from "../../system/format-bytes.ts";
import { VM_MOUNTS } from "../../vm/image/vm-mounts.ts";
import { effectiveCommands, effectiveVariables } from "../effective-commands.ts";
import { basePlace } from "../effective-image.ts";
import { formatCount } from "../format-count.ts";
import type { LintContext, Rule, RuleFinding } from "../rule.ts";

export const hiddenByMount: Rule = {
  id: "GVM012",
  name: "hidden-by-mount",
  severity: "warning",
  depths: ["dockerfile", "config", "files"],
  summary: "Files of the image in /tmp, /dev, /proc or /sys cannot be seen.",
  why: "The VM mounts file systems of its own there: /tmp is empty when it starts, whatever the image has in it.",
  cure: "Keep what is needed at run time elsewhere, such as /opt. Remove what was needed for the build alone.",
  page: {
    bad: `FROM debian:12
COPY start.sh /tmp/start.sh
CMD ["/tmp/start.sh"]`,
    good: `FROM debian:12
COPY start.sh /opt/start.sh
CMD ["/opt/start.sh"]`,
    affected: "All providers.",
  },
  proof: [
    "what the image has below a volume and in /tmp is hidden",
    "what was moved is there, and programs start",
  ],
  *check(context) {
    yield* usedFiles(context);
    if (context.entries) yield* fromFiles(context.entries, context);
  },
};

/** What commands and variables name, and the image or a COPY puts there. */
function* usedFiles(context: LintContext): Generator<RuleFinding> {
  const provided = providedPaths(context);
  const reported = new Set<string>();
  const words = [
    ...effectiveCommands(context).flatMap(({ argv, place, source }) =>
      argv.flatMap((word) => pathsIn(word).map((path) => ({ path, place, user: source }))),
    ),
    ...effectiveVariables(context).flatMap(({ name, value, place }) =>
      pathsIn(value).map((path) => ({ path, place, user: `ENV ${displayText(name)}` })),
    ),
  ];
  for (const { path, place, user } of words) {
    const mount = VM_MOUNTS.find((candidate) => path.startsWith(`${candidate}/`));
    if (!mount || reported.has(path) || !provided(path)) continue;
    reported.add(path);
    yield {
      place,
      message: `${user} uses ${displayText(path)}, which is hidden: the VM mounts its own ${mount} over what the image has there.`,
      cure: "Keep the file elsewhere, such as in /opt.",
    };
  }
}

function pathsIn(text: string): string[] {
  return text.split(/[\s;&|<>()"'`=,:]+/).filter((word) => /^\/[\w./+@-]+$/.test(word));
}

function providedPaths(context: LintContext): (path: string) => boolean {
  if (context.entries) {
    const files = new Set<string>();
    for (const { path, type } of context.entries) {
      // The VM has nodes and links of its own in /dev.
      if ((type === "file" || type === "hard-link") && isHidden(path)) {
        files.add(`/${displayName(path)}`);
      }
    }
    return (path) => files.has(path);
  }
  const copied = new Set(context.declared?.copies.map(({ path }) => path));
  return (path) => copied.has(path);
}

function isHidden(path: string): boolean {
  return VM_MOUNTS.some((mount) => path.startsWith(`${mount.slice(1)}/`));
}

interface Hidden {
  files: number;
  bytes: number;
  largest: EntryMetadata | undefined;
}

/** What nobody is known to use: mostly leftovers of the build, which still have to be downloaded. */
function* fromFiles(
  entries: Iterable<EntryMetadata>,
  context: LintContext,
): Generator<RuleFinding> {
  const found = new Map<string, Hidden>(
    VM_MOUNTS.map((mount) => [mount, { files: 0, bytes: 0, largest: undefined }]),
  );
  for (const entry of entries) {
    // Nodes and links in /dev are of every image; they have a rule of their own.
    if (entry.type !== "file" && entry.type !== "hard-link") continue;
    const slash = entry.path.indexOf("/");
    const hidden = slash < 0 ? undefined : found.get(`/${entry.path.slice(0, slash)}`);
    if (!hidden) continue;
    hidden.files++;
    hidden.bytes += entry.size;
    if (entry.size > (hidden.largest?.size ?? -1)) hidden.largest = entry;
  }
  for (const [mount, { files, bytes, largest }] of found) {
    if (!largest) continue;
    const name = displayText(`/${displayName(largest.path)}`);
    yield {
      place: basePlace(context),
      severity: "info",
      message: `${formatCount(files, "file")} of the image in ${mount} (${formatBytes(bytes)}; the largest is ${name}) cannot be seen: the VM mounts its own ${mount}.`,
      cure: "Remove them at the end of the RUN that makes them, or keep elsewhere what is needed.",
    };
  }
}
