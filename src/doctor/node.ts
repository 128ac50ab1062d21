import { ok, problem, type Verdict } from "./check.ts";

/** The oldest version that this program is written for, as package.json's `engines` has it. */
const OLDEST = [20, 15] as const;

/** @param version such as `20.15.0` */
export function checkNode(version: string = process.versions.node): Verdict {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return ok(version);
  return problem(
    `${version}, older than ${OLDEST.join(".")}`,
    "Install a newer one: https://nodejs.org/en/download.",
  );
}
