import type { Availability, BuilderName } from "../build/builder.ts";
import { type Check, ok, problem, type Verdict, warning } from "./check.ts";

const NAMES: Readonly<Record<BuilderName, string>> = {
  buildx: "Buildx",
  docker: "Docker",
  buildah: "Buildah",
};

/** Judges one builder beside the others: one that works is enough. */
export function judgeBuilder(
  name: BuilderName,
  availabilities: ReadonlyMap<BuilderName, Availability>,
): Check {
  return { name: NAMES[name], ...verdictOn(name, availabilities) };
}

function verdictOn(
  name: BuilderName,
  availabilities: ReadonlyMap<BuilderName, Availability>,
): Verdict {
  const availability = availabilities.get(name);
  if (availability === undefined) return problem("it was not asked", "Report this as a bug.");
  if (availability.isUsable) return ok(availability.description);
  const { reason, cure } = availability;
  const [other] = [...availabilities].find(([, { isUsable }]) => isUsable) ?? [];
  if (other === undefined) return problem(reason, `${cure} One builder that works is enough.`);
  return warning(`${reason}; images are built with ${NAMES[other]}`, cure);
}
