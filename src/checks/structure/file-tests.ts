import { isAtOrBelow } from "../../system/paths-below.ts";
import { VM_MOUNTS } from "../../vm/image/vm-mounts.ts";
import type { FileView, FoundFile } from "../files/file-view.ts";
import { goFileMode } from "../files/go-file-mode.ts";
import { judgeText } from "../judge.ts";
import type { TestContext, TestOutcome } from "../planned-test.ts";
import type { Explanation } from "../test-result.ts";
import { expandedVariables, expandVariables, variablesOf } from "./expand-variables.ts";
import { filesAtRest, guestFiles } from "./guest-files.ts";
import {
  absolutePath,
  type LookPlace,
  type StructureContentTest,
  type StructureExistenceTest,
  type StructureFile,
} from "./schema.ts";

/** As much of a file as is searched. */
const MAX_SEARCHED_BYTES = 16 * 1024 * 1024;

const SEARCH_LIMIT = "only its first 16 MiB are searched";

/** What a running VM writes at its boot. */
const REWRITTEN = ["/etc/resolv.conf", "/etc/hosts"];

type Judge = (files: FileView) => Promise<string[]>;

/**
 * Judges a file's existence, mode and owner; a symbolic link at the path's end is judged itself.
 *
 * @param globals what `$NAME` in the path means besides the image's ENV
 */
export function runExistenceTest(
  test: StructureExistenceTest,
  globals: StructureFile["globalEnvVars"],
  place: LookPlace,
  context: TestContext,
): Promise<TestOutcome> {
  const image = variablesOf(context.image.gvmi.env);
  const known = new Map([...image, ...expandedVariables(globals, image)]);
  const path = absolutePath(expandVariables(test.path, known));
  return judgeAt(path, place, context, async (files) =>
    judgeExistence({ ...test, path }, await files.find(path)),
  );
}

/** Judges what is in a file, symbolic links followed. */
export function runContentTest(
  test: StructureContentTest,
  place: LookPlace,
  context: TestContext,
): Promise<TestOutcome> {
  return judgeAt(test.path, place, context, async (files) => {
    const content = await files.read(test.path, MAX_SEARCHED_BYTES);
    if ("problem" in content) return [content.problem];
    const { bytes, isCut } = content;
    const text = bytes.toString();
    const cut = isCut ? SEARCH_LIMIT : undefined;
    return judgeText(test.path, test.expectedContents, text, cut, test.excludedContents);
  });
}

async function judgeAt(
  path: string,
  place: LookPlace,
  context: TestContext,
  judge: Judge,
): Promise<TestOutcome> {
  const { atRest } = context.image;
  if (place === "rest") {
    const problems = await judge(filesAtRest(context));
    return { problems, steps: [] };
  }
  const problems = await judge(guestFiles(context));
  // Why it does not hold is known when it holds at rest.
  const holdsAtRest = problems.length > 0 && atRest && (await judge(atRest)).length === 0;
  const explanation = holdsAtRest ? explain(path, context) : undefined;
  return { problems, steps: [], ...(explanation && { explanation }) };
}

function judgeExistence(test: StructureExistenceTest, file: FoundFile | undefined): string[] {
  const { path, shouldExist, permissions, uid, gid, isExecutableBy } = test;
  if (file === undefined) return shouldExist ? [`${path} does not exist`] : [];
  if (!shouldExist) return [`${path} exists, and should not`];
  const problems: string[] = [];
  const mode = goFileMode(file.mode);
  if (permissions !== "" && permissions !== mode) {
    problems.push(`${path} has the mode ${mode}, expected ${permissions}`);
  }
  if (isWanted(uid) && uid !== file.uid) {
    problems.push(`${path} belongs to the user ${file.uid}, expected ${uid}`);
  }
  if (isWanted(gid) && gid !== file.gid) {
    problems.push(`${path} belongs to the group ${file.gid}, expected ${gid}`);
  }
  if (isExecutableBy !== "" && (file.mode & EXECUTE_BITS[isExecutableBy]) === 0) {
    problems.push(`${path} is not executable by ${isExecutableBy}; its mode is ${mode}`);
  }
  return problems;
}

/** The original takes -1 for an owner that does not matter. */
function isWanted(owner: number | undefined): boolean {
  return owner !== undefined && owner !== -1;
}

const EXECUTE_BITS = { owner: 0o100, group: 0o010, other: 0o001, any: 0o111 } as const;

/** Why a running VM shows something else than the image has. */
function explain(path: string, { image, profile }: TestContext): Explanation {
  const { volumes } = image.gvmi;
  const volume = volumes.find((candidate) => isAtOrBelow(path, candidate));
  if (volume !== undefined) {
    return {
      rule: "GVM007",
      text: `It holds in the image at rest. In the VM the VOLUME ${volume} hides what the image has there: volumes are empty at the start.`,
    };
  }
  if (VM_MOUNTS.some((mount) => isAtOrBelow(path, mount))) {
    return {
      rule: "GVM012",
      text: `It holds in the image at rest. The VM mounts a file system of its own there, which hides what the image has.`,
    };
  }
  if (REWRITTEN.includes(path)) {
    return { text: `It holds in the image at rest. The VM writes ${path} anew at its boot.` };
  }
  if (path === "/") {
    return {
      text: `It holds in the image at rest. On profile ${profile} the VM's root directory has an owner and a mode of its own.`,
    };
  }
  return { text: "It holds in the image at rest, and not in the running VM." };
}
