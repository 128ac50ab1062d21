import type { EntryMetadata } from "../../oci/entry.ts";
import { displayText } from "../../system/display-text.ts";
import { isAtOrBelow, isBelow } from "../../system/paths-below.ts";
import { VM_MOUNTS } from "../../vm/image/vm-mounts.ts";
import {
  type EffectivePath,
  effectiveVolumes,
  effectiveWorkingDirectory,
} from "../effective-image.ts";
import type { Rule } from "../rule.ts";

export const missingWorkingDirectory: Rule = {
  id: "GVM008",
  name: "missing-working-directory",
  severity: "error",
  depths: ["dockerfile", "config", "files"],
  summary: "The working directory does not exist in the VM.",
  why: "Every command starts in WORKDIR. When a mount hides it no command can start: current providers end each with exit code 9 and no output.",
  cure: "Choose a WORKDIR that is a volume itself or outside of volumes.",
  page: {
    bad: `FROM debian:12
VOLUME /golem
WORKDIR /golem/work`,
    good: `FROM debian:12
VOLUME /golem/work
WORKDIR /golem/work`,
    affected:
      "All providers. Runtimes from 0.4 end each command with exit code 9 and no output (profiles `v0.4` and `v0.5`), older ones answer with an error.",
  },
  proof: [
    "a WORKDIR that a mount hides keeps every command from starting: an error",
    "a WORKDIR that a mount hides keeps every command from starting: exit code 9",
    "a working directory that is a volume itself is there",
    "a volume below /tmp, and so a working directory there, is in the VM's own /tmp",
  ],
  *check(context) {
    const directory = effectiveWorkingDirectory(context);
    if (!directory?.path.startsWith("/")) return;
    const { path, place } = directory;
    const volumes = effectiveVolumes(context).filter((volume) => volume.path.startsWith("/"));
    // Mount points are made with their parents, below other mounts, too.
    if (volumes.some((volume) => isAtOrBelow(volume.path, path))) return;
    const volume = volumes.find((candidate) => isBelow(path, candidate.path));
    const mount = VM_MOUNTS.find((candidate) => isBelow(path, candidate));
    const shown = displayText(path);
    if (volume) {
      yield {
        place,
        message: `WORKDIR ${shown} is below VOLUME ${displayText(volume.path)}, which is empty when the VM starts, so no command can start.`,
        cure: "Use the volume itself, or a directory outside of it.",
      };
    } else if (mount) {
      yield {
        place,
        message: `WORKDIR ${shown} is below ${mount}, which the VM replaces when it starts, so no command can start.`,
        cure: "Use another directory.",
      };
    } else if (context.entries && isMissing(context.entries, directory)) {
      yield {
        place,
        message: `WORKDIR ${shown} is not a directory of the image, so no command can start.`,
        cure: "Create it, or use another directory.",
      };
    }
  },
};

function isMissing(entries: Iterable<EntryMetadata>, { path }: EffectivePath): boolean {
  if ([...VM_MOUNTS, "/etc"].some((mount) => isAtOrBelow(mount, path))) return false;
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  // Where links or `..` lead is not worked out here: only plain paths are judged.
  if (parts.includes("..")) return false;
  const wanted = new Map<string, EntryMetadata["type"] | undefined>();
  for (let length = 1; length <= parts.length; length++) {
    const name = parts.slice(0, length).join("/");
    wanted.set(Buffer.from(name, "utf8").toString("latin1"), undefined);
  }
  for (const { path: entryPath, type } of entries) {
    if (wanted.has(entryPath)) wanted.set(entryPath, type);
  }
  const types = [...wanted.values()];
  return !types.includes("symlink") && types.some((type) => type !== "directory");
}
