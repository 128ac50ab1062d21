import { posix } from "node:path";
import { displayText } from "../../system/display-text.ts";
import { isBelow } from "../../system/paths-below.ts";
import { effectiveVolumes } from "../effective-image.ts";
import type { Rule } from "../rule.ts";
import { volumeFixes } from "../volume-fix.ts";

/** Directories that the VM itself needs as they are, with what goes wrong. */
const RESERVED: Readonly<Record<string, string>> = {
  "/": "it would hide the whole image",
  "/proc": "it would hide the VM's own, where programs look for processes and mounts",
  "/sys": "it would hide the VM's own, where programs look for devices",
  "/dev": "it would hide the VM's own, with /dev/null and all other devices",
  "/etc": "it would hide the files that the VM needs to work, such as /etc/passwd and /etc/hosts",
};

export const badVolumePath: Rule = {
  id: "GVM010",
  name: "bad-volume-path",
  severity: "error",
  depths: ["dockerfile", "config"],
  summary: "A VOLUME cannot work at its path.",
  why: "Each volume is a directory of the provider, mounted at an absolute path. It is mounted over whatever the VM or the image has there. Some paths are needed as they are, and some characters have a meaning on the way there.",
  cure: "Use a directory of its own for each volume, such as /golem/input.",
  page: {
    bad: `FROM debian:12
VOLUME /golem/input,/golem/output`,
    good: `FROM debian:12
VOLUME /golem/input /golem/output`,
    affected: "All providers.",
  },
  proof: [
    "volumes at /etc, /proc, /sys, /dev and /tmp hide what programs need there",
    "files go in and out by volumes, whichever is mounted first",
  ],
  *check(context) {
    const fixAt = context.dockerfile && volumeFixes(context.dockerfile);
    for (const { path, place } of effectiveVolumes(context)) {
      const reason = findFault(path);
      const name = displayText(JSON.stringify(path));
      if (reason !== undefined) {
        const fix = fixAt?.(place);
        yield {
          place,
          message: `VOLUME ${name} cannot work: ${reason}.`,
          cure: fix
            ? "Write the paths as they are meant."
            : looksLikeJson(path)
              ? 'Write VOLUME ["/golem/input", "/golem/output"], or VOLUME /golem/input /golem/output.'
              : "Use a path such as /golem/input.",
          ...(fix && { fix }),
        };
      } else if (normalize(path) === "/tmp") {
        yield {
          place,
          severity: "warning",
          message: `VOLUME ${name} takes the place of the VM's own /tmp, which all users may write to: only root can write there then.`,
          cure: "Use a path such as /golem/work.",
        };
      } else if (/\s/.test(path)) {
        yield {
          place,
          severity: "info",
          message: `VOLUME ${name} has a blank in its path: commands and scripts have to quote it.`,
        };
      }
    }
  },
};

function findFault(path: string): string | undefined {
  if (path === "") return "the path is empty";
  if (looksLikeJson(path)) {
    return "it looks like the JSON form, but is not valid JSON, so it is taken as text";
  }
  if (!path.startsWith("/")) return "the path is not absolute";
  if (path.includes(",")) return "the path has a comma; several volumes are separated by spaces";
  if (/[\n\r]/.test(path)) return "the path has a line break";
  if (/\p{Cc}/u.test(path)) return "the path has a control character";
  if (/\p{Surrogate}/u.test(path)) return "the path is not valid Unicode";
  if (path.split("/").includes("..")) return "the path has a component '..'";
  const normal = normalize(path);
  if (isBelow(normal, "/proc") || isBelow(normal, "/sys")) {
    return "no directories can be made in /proc and /sys";
  }
  return Object.hasOwn(RESERVED, normal) ? RESERVED[normal] : undefined;
}

const normalize = (path: string) => posix.normalize(path).replace(/(.)\/$/, "$1");

const looksLikeJson = (path: string) => path.startsWith("[") || /^[^[]*\]$/.test(path);
