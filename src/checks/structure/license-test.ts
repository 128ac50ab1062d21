import { posix } from "node:path";
import type { FileView } from "../files/file-view.ts";
import type { TestContext, TestOutcome } from "../planned-test.ts";
import { filesAtRest, guestFiles } from "./guest-files.ts";
import type { LookPlace, StructureLicenseTest } from "./schema.ts";

const DOCUMENTATION = "/usr/share/doc";
const MAX_LICENSE_BYTES = 4 * 1024 * 1024;

/**
 * What the original refuses to see in a licence. The long name of the first one is no sign of it: the text of the
 * GPL 3 has that, too.
 */
const REFUSED = [/\bAGPL/, /\bWTFPL\b/] as const;

/** Fails on files with an AGPL or WTFPL licence: those named, and the copyright file of each Debian package. */
export async function runLicenseTest(
  test: StructureLicenseTest,
  place: LookPlace,
  context: TestContext,
): Promise<TestOutcome> {
  const files = place === "rest" ? filesAtRest(context) : guestFiles(context);
  const problems: string[] = [];
  for (const path of test.files) {
    const content = await files.read(path, MAX_LICENSE_BYTES);
    if ("problem" in content) problems.push(content.problem);
    else problems.push(...refusals(path, content.bytes));
  }
  if (test.debian) {
    for (const path of await copyrightFiles(files)) {
      const content = await files.read(path, MAX_LICENSE_BYTES);
      if (!("problem" in content)) problems.push(...refusals(path, content.bytes));
    }
  }
  return { problems, steps: [] };
}

async function copyrightFiles(files: FileView): Promise<string[]> {
  const packages = await files.list(DOCUMENTATION);
  return packages.map((name) => posix.join(DOCUMENTATION, name, "copyright"));
}

function refusals(path: string, bytes: Buffer): string[] {
  const text = bytes.toString();
  return REFUSED.flatMap((pattern) => {
    const [found] = pattern.exec(text) ?? [];
    return found === undefined ? [] : [`${path} has a licence that is refused: ${found}`];
  });
}
