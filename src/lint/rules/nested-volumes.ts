import { posix } from "node:path";
import { displayText } from "../../system/display-text.ts";
import { type EffectivePath, effectiveVolumes } from "../effective-image.ts";
import type { Rule } from "../rule.ts";

export const nestedVolumes: Rule = {
  id: "GVM009",
  name: "nested-volumes",
  severity: "error",
  depths: ["dockerfile", "config"],
  summary: "A VOLUME lies inside another one.",
  why: "Providers mount volumes in a random order. When the outer one is mounted last it hides the inner one: files that the requestor sends there cannot be seen by any program, and results that are written there are not found.",
  cure: "Keep volumes beside each other, such as /golem/input and /golem/output.",
  page: {
    bad: `FROM debian:12
VOLUME /golem /golem/input`,
    good: `FROM debian:12
VOLUME /golem/input /golem/output`,
    affected: "All providers, in about half of the runs.",
  },
  proof: [
    "nested volumes hide each other in one order of their mounts, and not in the other",
    "files go in and out by volumes, whichever is mounted first",
  ],
  *check(context) {
    const volumes = new Map<string, EffectivePath>();
    for (const volume of effectiveVolumes(context)) {
      if (!volume.path.startsWith("/")) continue;
      const path = posix.normalize(volume.path).replace(/(.)\/$/, "$1");
      const twin = volumes.get(path);
      if (!twin) volumes.set(path, volume);
      else if (twin.path !== volume.path) {
        yield {
          place: volume.place,
          message: `VOLUME ${displayText(volume.path)} and VOLUME ${displayText(twin.path)} are the same directory: one of the two hides the other.`,
          cure: "Write it in one way.",
        };
      }
    }
    for (const [path, { place }] of volumes) {
      const outer = parents(path).find((parent) => volumes.has(parent));
      if (outer === undefined) continue;
      yield {
        place,
        message: `VOLUME ${displayText(path)} lies inside VOLUME ${displayText(outer)}: volumes are mounted in a random order, so it is hidden in some runs.`,
        cure: "Keep volumes beside each other, such as /golem/input and /golem/output.",
      };
    }
  },
};

/** The directories above a path that can be volumes, the nearest first; `/` is none. */
function parents(path: string): string[] {
  const found: string[] = [];
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    found.push(path.slice(0, end));
  }
  return found;
}
