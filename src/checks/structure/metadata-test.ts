import { posix } from "node:path";
import { compilePattern } from "../../settings/patterns.ts";
import type { TestContext, TestOutcome } from "../planned-test.ts";
import type { Explanation } from "../test-result.ts";
import { variablesOf } from "./expand-variables.ts";
import type { StructureMetadataTest } from "./schema.ts";

type Metadata = TestContext["image"]["gvmi"]["metadata"];

/** Who commands run as on Golem, however an image calls it. */
const ROOT_USERS = ["", "root", "0", "root:root", "0:0"];

/** Judges what the image's configuration says. Much of it has no effect on Golem, which is told. */
export async function runMetadataTest(
  test: StructureMetadataTest,
  { image }: TestContext,
): Promise<TestOutcome> {
  const { metadata } = image.gvmi;
  const environment = variablesOf(metadata.Env ?? []);
  const labels = new Map(Object.entries(metadata.Labels ?? {}));
  const problems = [
    ...(await judgeEntries("the variable", test.envVars, environment)),
    ...test.unboundEnvVars
      .filter(({ key }) => environment.has(key))
      .map(({ key }) => `the variable ${key} is set, and should not be`),
    ...(await judgeEntries("the label", test.labels, labels)),
    ...judgeWords("ENTRYPOINT", test.entrypoint, metadata.Entrypoint ?? []),
    ...judgeWords("CMD", test.cmd, metadata.Cmd ?? []),
    ...judgeDirectory(test.workdir, metadata),
    ...judgeUser(test.user),
    ...judgePorts(test, metadata),
    ...judgeVolumes(test, metadata),
  ];
  const explanation = explain(test);
  return { problems, steps: [], ...(explanation && { explanation }) };
}

async function judgeEntries(
  what: string,
  expected: StructureMetadataTest["labels"],
  actual: ReadonlyMap<string, string>,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { key, value, isRegex } of expected) {
    const found = actual.get(key);
    if (found === undefined) problems.push(`${what} ${key} is not set`);
    else if (isRegex && !(await compilePattern(value)).test(found)) {
      problems.push(`${what} ${key} is ${JSON.stringify(found)}, which /${value}/ does not match`);
    } else if (!isRegex && found !== value) {
      problems.push(
        `${what} ${key} is ${JSON.stringify(found)}, expected ${JSON.stringify(value)}`,
      );
    }
  }
  return problems;
}

function judgeWords(
  what: string,
  expected: readonly string[] | undefined,
  actual: readonly string[],
): string[] {
  if (expected === undefined || JSON.stringify(expected) === JSON.stringify(actual)) return [];
  return [`${what} is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`];
}

function judgeDirectory(expected: string, { WorkingDir }: Metadata): string[] {
  const actual = WorkingDir ?? "";
  if (expected === "" || expected === actual) return [];
  return [`WORKDIR is ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}`];
}

function judgeUser(expected: string): string[] {
  if (ROOT_USERS.includes(expected)) return [];
  return [`USER ${expected} is not kept: every command runs as root`];
}

function judgePorts(
  { exposedPorts, unexposedPorts }: StructureMetadataTest,
  { ExposedPorts }: Metadata,
): string[] {
  const known = Object.keys(ExposedPorts ?? {});
  // `80/tcp` is also found as 80.
  const exposed = new Set([...known, ...known.map((port) => port.replace(/\/.*/, ""))]);
  return [
    ...exposedPorts
      .filter((port) => !exposed.has(port))
      .map((port) => `port ${port} is not exposed`),
    ...unexposedPorts
      .filter((port) => exposed.has(port))
      .map((port) => `port ${port} is exposed, and should not be`),
  ];
}

function judgeVolumes(
  { volumes, unmountedVolumes }: StructureMetadataTest,
  { Volumes }: Metadata,
): string[] {
  const known = new Set(Object.keys(Volumes ?? {}).map(withoutEndSlash));
  const has = (path: string) => known.has(withoutEndSlash(path));
  return [
    ...volumes.filter((path) => !has(path)).map((path) => `${path} is not a VOLUME`),
    ...unmountedVolumes.filter(has).map((path) => `${path} is a VOLUME, and should not be`),
  ];
}

function withoutEndSlash(path: string): string {
  return posix.normalize(path).replace(/(.)\/$/, "$1");
}

/** What of the configuration has no effect in a VM, of that which the test is about. */
function explain(test: StructureMetadataTest): Explanation | undefined {
  const { user, entrypoint, cmd, envVars, exposedPorts } = test;
  if (!ROOT_USERS.includes(user)) {
    return {
      rule: "GVM005",
      text: "A .gvmi has no USER: on Golem every command runs as root. Let the command change the user, such as by `su`.",
    };
  }
  if ((entrypoint ?? []).length > 0 || (cmd ?? []).length > 0) {
    return {
      rule: "GVM002",
      text: "ENTRYPOINT and CMD have no effect on Golem, where nothing starts by itself: the requestor names each command.",
    };
  }
  if (envVars.length > 0) {
    return {
      rule: "GVM003",
      text: "Most of Golem's providers drop ENV, whatever the image says: commands start with an empty environment.",
    };
  }
  if (exposedPorts.length > 0) {
    return { rule: "GVM004", text: "EXPOSE has no effect on Golem." };
  }
  return undefined;
}
