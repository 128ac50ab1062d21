import { planStructureTests } from "../../../src/checks/structure/parse.ts";
import { parseYaml } from "../../../src/settings/yaml-document.ts";

async function plan(text: string) {
  const document = await parseYaml(text);
  if (Array.isArray(document)) return Promise.reject(document[0]);
  return planStructureTests({ path: "s.yaml", document });
}

const HEAD = 'schemaVersion: "2.0.0"\n';
const TEST = "commandTests: [{name: a, command: b}]\n";

test.each([
  [TEST, "s.yaml:1:1: schemaVersion: is missing"],
  [`schemaVersion: "1.0.0"\n${TEST}`, 's.yaml:1:16: schemaVersion: expected "2.0.0", got "1.0.0"'],
  [HEAD, "there is no test in this file"],
  [`${HEAD}${TEST}fileTests: []\n`, "s.yaml:3:1: fileTests: unknown key"],
  [
    `${HEAD}commandTests: [{name: a, comand: b}]`,
    "s.yaml:2:26: commandTests[0].comand: unknown key; did you mean command?",
  ],
  [`${HEAD}commandTests: [{command: b}]`, "commandTests[0].name: is missing"],
  [`${HEAD}commandTests: [{name: a}]`, "commandTests[0].command: is missing"],
  [
    `${HEAD}commandTests: [{name: a, command: b, args: x}]`,
    's.yaml:2:44: commandTests[0].args: expected a list of words, got "x"',
  ],
  [
    `${HEAD}commandTests: [{name: a, command: b, expectedOutput: x}]`,
    's.yaml:2:54: commandTests[0].expectedOutput: expected a list of regular expressions, got "x"',
  ],
  [
    `${HEAD}commandTests: [{name: a, command: b, exitCode: "x"}]`,
    "commandTests[0].exitCode: expected a whole number from 0 to 255",
  ],
  [
    `${HEAD}commandTests: [{name: a, command: b, expectedOutput: ["a(?=b)"]}]`,
    's.yaml:2:55: commandTests[0].expectedOutput[0]: "a(?=b)" is not a regular expression',
  ],
  [
    `${HEAD}commandTests: [{name: a, command: b, excludedError: ['(a)\\1']}]`,
    "is not a regular expression",
  ],
  [
    `${HEAD}commandTests: [{name: a, command: b, envVars: [{key: "A=B"}]}]`,
    "commandTests[0].envVars[0].key: expected the name of a variable",
  ],
  [
    `${HEAD}fileContentTests: [{name: a, path: /x}]`,
    "s.yaml:2:20: fileContentTests[0]: expects nothing: give it expectedContents or excludedContents",
  ],
  [
    `${HEAD}fileExistenceTests: [{name: a, path: /x, shouldExist: maybe}]`,
    "fileExistenceTests[0].shouldExist: expected true or false",
  ],
  [
    `${HEAD}fileExistenceTests: [{name: a, path: /x, permissions: "0644"}]`,
    "fileExistenceTests[0].permissions: expected a mode such as -rw-r--r--, as Go prints it",
  ],
  [
    `${HEAD}fileExistenceTests: [{name: a, path: /x, isExecutableBy: me}]`,
    "isExecutableBy: expected owner, group, other or any",
  ],
  [`${HEAD}licenseTests: [{debian: false}]`, "licenseTests[0]: looks at nothing"],
  [`${HEAD}metadataTest: {}`, "metadataTest: expects nothing"],
  [
    `${HEAD}metadataTest: {labels: [{key: a, value: "(", isRegex: true}]}`,
    "metadataTest.labels[0].value: ",
  ],
  [`${HEAD}${TEST}compat: loose`, "compat: expected golem or strict"],
  [`${HEAD}${TEST}isolation: none`, "isolation: expected reset, boot, shared"],
])(
  "a wrong file is refused with file, line, key and what was expected: %j",
  async (text, message) => {
    await expect(plan(text)).rejects.toThrow(message);
  },
);

test("a key that occurs twice is refused", async () => {
  await expect(plan(`${HEAD}${TEST}${TEST}`)).rejects.toMatchObject({
    line: 3,
    message: "the key commandTests occurs twice in one map",
  });
});

test("what the original takes is taken: empty keys, merged maps, words for truth, keys without a meaning", async () => {
  const tests = await plan(`schemaVersion: 2.0.0
globalEnvVars: [{key: A, value: }, {key: B.c-d, value: x, isRegex: true}]
containerRunOptions:
commandTests:
  - &base {name: first, command: a, args: , setup: , exitCode: , expectedOutput: }
  - {<<: *base, name: second}
fileExistenceTests: [{name: e, path: /e, shouldExist: n}]
metadataTest: {cmd: null, entrypoint: , unboundEnvVars: [{key: A, isRegex: false}]}
`);
  expect(tests.map(({ name }) => name)).toEqual(["first", "second", "e", "metadata"]);
});

test("an alias that five hundred tests use is no bomb", async () => {
  const uses = Array.from({ length: 500 }, (_none, n) => `  - {name: n${n}, command: a, args: *a}`);
  const text = `${HEAD}commandTests:\n  - {name: a, command: a, args: &a [x]}\n${uses.join("\n")}`;
  expect(await plan(text)).toHaveLength(501);
});

test("tests keep the original's order and their lines, from YAML and from JSON", async () => {
  const file = {
    schemaVersion: "2.0.0",
    metadataTest: { cmd: [] },
    licenseTests: [{ debian: true }],
    fileExistenceTests: [{ name: "e", path: "/e" }],
    fileContentTests: [{ name: "c", path: "/c", expectedContents: ["x"] }],
    commandTests: [{ name: "a", command: "a" }],
  };
  const tests = await plan(JSON.stringify(file, null, "\t"));
  expect(tests.map(({ name, kind, reach, source }) => [name, kind, reach, source?.line])).toEqual([
    ["a", "command", "changes", 27],
    ["c", "file-content", "looks", 18],
    ["e", "file-existence", "looks", 12],
    ["licences 1", "licence", "looks", 7],
    ["metadata", "metadata", "image", 3],
  ]);
});

test("ten thousand tests are read in a few seconds", async () => {
  const tests = Array.from({ length: 10_000 }, (_none, index) =>
    [`  - name: number ${index}`, "    command: /bin/true", '    expectedOutput: ["^$"]'].join(
      "\n",
    ),
  );
  const started = performance.now();
  const planned = await plan(`${HEAD}commandTests:\n${tests.join("\n")}\n`);
  expect(planned).toHaveLength(10_000);
  expect(planned.at(-1)?.source?.line).toBe(3 + 3 * 9_999);
  expect(performance.now() - started).toBeLessThan(20_000);
});
