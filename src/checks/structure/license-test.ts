import { posix } from "node:path";
import { type FileContent, type FileView, isDirectory } from "../files/file-view.ts";
import type { TestContext, TestOutcome } from "../planned-test.ts";
import { filesAtRest, guestFiles } from "./guest-files.ts";
import type { LookPlace, StructureLicenseTest } from "./schema.ts";

const DOCUMENTATION = "/usr/share/doc";
const MAX_LICENSE_BYTES = 4 * 1024 * 1024;

/** What the original refuses to see in a licence, in whatever case, and as a part of other words, too. */
const REFUSED = ["AGPL", "WTFPL"] as const;

/** Whose licence the original does not look at. */
const EXEMPT: ReadonlySet<string> = new Set(["libgnutls30"]);

/** Fails on files with an AGPL or WTFPL licence: those named, and the copyright file of each Debian package. */
export async function runLicenseTest(
  test: StructureLicenseTest,
  place: LookPlace,
  context: TestContext,
): Promise<TestOutcome> {
  const files = place === "rest" ? filesAtRest(context) : guestFiles(context);
  const problems: string[] = [];
  for (const path of test.files) {
    problems.push(...refusals(path, await files.read(path, MAX_LICENSE_BYTES)));
  }
  if (test.debian) problems.push(...(await debianProblems(files)));
  return { problems, steps: [] };
}

/** Each package has a directory with its copyright; links and files among them are no packages. */
async function debianProblems(files: FileView): Promise<string[]> {
  const packages = await files.list(DOCUMENTATION);
  if (packages.length === 0) return [`${DOCUMENTATION} does not exist, or is empty`];
  const problems: string[] = [];
  for (const name of packages.filter((candidate) => !EXEMPT.has(candidate))) {
    const directory = posix.join(DOCUMENTATION, name);
    const found = await files.find(directory);
    if (!found || !isDirectory(found)) continue;
    const path = posix.join(directory, "copyright");
    problems.push(...refusals(path, await files.read(path, MAX_LICENSE_BYTES)));
  }
  return problems;
}

function refusals(path: string, content: FileContent): string[] {
  if ("problem" in content) return [content.problem];
  const text = content.bytes.toString().toUpperCase();
  const found = REFUSED.filter((name) => text.includes(name));
  if (found.length > 0)
    return found.map((name) => `${path} has a licence that is refused: ${name}`);
  return content.isCut ? [`${path} is too large: only its first 4 MiB are searched`] : [];
}
