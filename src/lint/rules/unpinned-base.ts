import { displayText } from "../../system/display-text.ts";
import type { Rule } from "../rule.ts";

export const unpinnedBase: Rule = {
  id: "GVM020",
  name: "unpinned-base",
  severity: "warning",
  depths: ["dockerfile"],
  summary: "The base image can change from build to build.",
  why: "A tag such as latest names another image tomorrow, and a new image has another hash: requestors who name the old one do not get it, and what was tested is not what is built again.",
  cure: "Name the version, and the digest where builds must be reproducible. Images that are trusted to stay as they are can be listed in lint.trusted.",
  page: {
    bad: "FROM debian:latest",
    good: "FROM debian:12.11@sha256:...",
    affected: "No provider: this is about building the image again.",
  },
  *check({ declared, trusted = [] }) {
    for (const { value: name, place } of declared?.images ?? []) {
      if (name.includes("@") || trusted.some((start) => isTrusted(name, start))) continue;
      const tag = /:([^/:]+)$/.exec(name)?.[1];
      const shown = displayText(name);
      if (tag !== undefined && tag !== "latest") {
        yield {
          place,
          severity: "info",
          message: `The tag of ${shown} can come to name another image.`,
          cure: `Where builds must be reproducible, add the digest: ${shown}@sha256:...`,
        };
        continue;
      }
      yield {
        place,
        message:
          tag === undefined
            ? `${shown} has no tag, so the newest image is taken at each build.`
            : `${shown} is another image after each release.`,
        cure: "Name a version, and its digest where builds must be reproducible.",
      };
    }
  },
};

/** `debian` is trust in all its versions, `registry.example.org` in all that is there. */
function isTrusted(name: string, start: string): boolean {
  const [whole, prefix] = [familiar(name), familiar(start)];
  if (!whole.startsWith(prefix)) return false;
  return /^$|^[/:@]/.test(whole.slice(prefix.length)) || prefix.endsWith("/");
}

/** Without what Docker adds to short names. */
function familiar(name: string): string {
  return name.replace(/^(?:index\.)?docker\.io\//, "").replace(/^library\//, "");
}
