import * as v from "valibot";
import { map, text, wholeNumber } from "../../settings/schema-values.ts";
import { ISOLATIONS } from "../../settings/test-settings.ts";
import { COMPATIBILITIES, LOOK_PLACES } from "./choices.ts";

export type { Compatibility, LookPlace } from "./choices.ts";

// The keys of container-structure-test's schema 2.0.0, in the order of its documentation, and `at`, `compat` and
// `isolation`, which are ours.

export const SCHEMA_VERSION = "2.0.0";

const BOOLEAN_WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  y: true,
  false: false,
  no: false,
  off: false,
  n: false,
};

/** With the words of YAML 1.1, which the original's parser knows. */
const boolean = v.pipe(
  v.union([v.boolean(), v.string()], "expected true or false"),
  v.rawTransform(({ dataset, addIssue, NEVER }) => {
    const { value } = dataset;
    const known = typeof value === "boolean" ? value : BOOLEAN_WORDS[value.toLowerCase()];
    if (known !== undefined) return known;
    addIssue({ message: "expected true or false" });
    return NEVER;
  }),
);

const list = <TItem extends v.GenericSchema>(item: TItem, expected: string) =>
  v.array(item, `expected ${expected}`);

const words = list(v.string("expected text"), "a list of words");

const variables = list(
  map({
    key: v.pipe(
      v.string("expected the name of a variable"),
      v.regex(/^[^=\0]+$/, "expected the name of a variable, which has no ="),
    ),
    value: v.optional(v.string("expected text"), ""),
    // It has no meaning here, and the original takes it.
    isRegex: v.optional(boolean),
  }),
  "a list of {key, value}",
);

const commandLines = list(
  v.pipe(words, v.minLength(1, "expected a command and its arguments")),
  "a list of commands, each a list of words",
);

const name = text("a name");
const optionalPatterns = v.optional(
  list(v.string("expected a regular expression in quotes"), "a list of regular expressions"),
  [],
);
const place = v.optional(v.picklist(LOOK_PLACES, "expected run or rest"));

const commandTest = map({
  name,
  setup: v.optional(commandLines, []),
  teardown: v.optional(commandLines, []),
  envVars: v.optional(variables, []),
  command: text("a command"),
  args: v.optional(words, []),
  expectedOutput: optionalPatterns,
  excludedOutput: optionalPatterns,
  expectedError: optionalPatterns,
  excludedError: optionalPatterns,
  exitCode: v.optional(wholeNumber(0, 255), 0),
});

const path = v.pipe(text("a path"), v.transform(absolutePath));

/** The original takes a path without its first slash, too. */
export function absolutePath(value: string): string {
  return value.startsWith("/") ? value : `/${value}`;
}

const owner = v.optional(wholeNumber(-1, 0xffff_ffff));

const fileExistenceTest = map({
  name,
  // Absolute once its variables are expanded.
  path: text("a path"),
  shouldExist: v.optional(boolean, true),
  permissions: v.optional(
    v.pipe(
      v.string("expected a mode such as -rw-r--r--"),
      v.regex(
        /^([-dalTLDpSugct?]+[r-][w-][x-][r-][w-][x-][r-][w-][x-])?$/,
        "expected a mode such as -rw-r--r--, as Go prints it",
      ),
    ),
    "",
  ),
  uid: owner,
  gid: owner,
  isExecutableBy: v.optional(
    v.picklist(["", "owner", "group", "other", "any"], "expected owner, group, other or any"),
    "",
  ),
  at: place,
});

const fileContentTest = map({
  name,
  path,
  expectedContents: optionalPatterns,
  excludedContents: optionalPatterns,
  at: place,
});

const labels = list(
  map({
    key: text("a name"),
    value: v.optional(v.string("expected text"), ""),
    isRegex: v.optional(boolean, false),
  }),
  "a list of {key, value, isRegex}",
);

const ports = v.optional(list(v.string("expected a port"), "a list of ports"), []);
const mountPoints = v.optional(list(v.string("expected a path"), "a list of paths"), []);

const metadataTest = map({
  envVars: v.optional(labels, []),
  unboundEnvVars: v.optional(
    list(
      map({
        key: text("a name"),
        value: v.optional(v.string()),
        isRegex: v.optional(boolean),
      }),
      "a list of {key}",
    ),
    [],
  ),
  exposedPorts: ports,
  unexposedPorts: ports,
  entrypoint: v.optional(words),
  cmd: v.optional(words),
  workdir: v.optional(v.string("expected a path"), ""),
  volumes: mountPoints,
  unmountedVolumes: mountPoints,
  labels: v.optional(labels, []),
  user: v.optional(v.string("expected a user"), ""),
});

const licenseTest = map({
  debian: v.optional(boolean, false),
  files: v.optional(list(path, "a list of paths"), []),
});

const containerRunOptions = map({
  user: v.optional(v.string("expected a user"), ""),
  privileged: v.optional(boolean, false),
  allocateTty: v.optional(boolean, false),
  envFile: v.optional(v.string("expected a path"), ""),
  envVars: v.optional(words, []),
  capabilities: v.optional(words, []),
  bindMounts: v.optional(words, []),
});

export const structureSchema = map({
  schemaVersion: v.literal(SCHEMA_VERSION, `expected "${SCHEMA_VERSION}"`),
  globalEnvVars: v.optional(variables, []),
  commandTests: v.optional(list(commandTest, "a list of tests"), []),
  fileContentTests: v.optional(list(fileContentTest, "a list of tests"), []),
  fileExistenceTests: v.optional(list(fileExistenceTest, "a list of tests"), []),
  licenseTests: v.optional(list(licenseTest, "a list of tests"), []),
  metadataTest: v.optional(metadataTest),
  containerRunOptions: v.optional(containerRunOptions, {}),
  at: v.optional(v.picklist(LOOK_PLACES, "expected run or rest"), "run"),
  compat: v.optional(v.picklist(COMPATIBILITIES, "expected golem or strict")),
  isolation: v.optional(v.picklist(ISOLATIONS, `expected ${ISOLATIONS.join(", ")}`)),
});

export type StructureFile = v.InferOutput<typeof structureSchema>;
export type StructureCommandTest = StructureFile["commandTests"][number];
export type StructureExistenceTest = StructureFile["fileExistenceTests"][number];
export type StructureContentTest = StructureFile["fileContentTests"][number];
export type StructureMetadataTest = NonNullable<StructureFile["metadataTest"]>;
export type StructureLicenseTest = StructureFile["licenseTests"][number];

/** Keys whose values are numbers or truth values; all others are text, as it is written: `value: 1.10` is 1.10. */
export const KEYS_WITHOUT_TEXT: ReadonlySet<string> = new Set([
  "exitCode",
  "uid",
  "gid",
  "shouldExist",
  "isRegex",
  "debian",
  "privileged",
  "allocateTty",
]);
