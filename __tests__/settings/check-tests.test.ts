// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is what the person writes.
import { withInstanceAddresses } from "../../src/settings/instance-references.ts";
import { parseSettings } from "../../src/settings/load-settings.ts";

const parse = (test: string) => parseSettings(`tests: [{name: a, ${test}}]`, "s.yml");

test.each([
  ["timeout: 1s", "s.yml:1:9: tests[0]: has none of run, steps, script, check"],
  ["run: x, check: boots", "tests[0]: has run and check; keep one of them"],
  ["check: boot", "expected one of boots, volumes-writable"],
  ["steps: []", "tests[0].steps: expected a list of steps"],
  ["steps: [{name: b}]", "tests[0].steps[0]: has none of run, background, put, get"],
  ["steps: [{run: x, background: y}]", "tests[0].steps[0]: has run and background; keep one"],
  ["steps: [{run: [ls]}]", "tests[0].steps[0].run: expected shell text, or a list whose first"],
  ["steps: [{run: x, until: {port: 1}}]", "tests[0].steps[0]: until belongs to background"],
  ["steps: [{background: x, expect: {}}]", "tests[0].steps[0]: expect belongs to run"],
  ["steps: [{background: x, until: {}}]", "has none of log, port, file"],
  ["steps: [{background: x, until: {log: a, port: 1}}]", "has log and port; keep one of them"],
  ["steps: [{background: x, until: {log: '('}}]", 'until.log: "(" is not a regular expression'],
  ["steps: [{background: x, until: {port: 70000}}]", "expected a whole number from 1 to 65535"],
  ["steps: [{run: x, on: db}]", "steps[0].on: there is no instance db: the test has no instances"],
  [
    "instances: {db: {}}, steps: [{run: 'x ${instances.web.ip}'}]",
    "tests[0].steps[0].run: there is no instance web; known are db",
  ],
  ["instances: {db: {}}, run: x", "tests[0]: instances belongs to steps"],
  ["instances: {db: {memroy: 1}}, steps: [{run: x}]", "tests[0].instances.db.memroy: unknown key"],
  ["instances: {'a b': {}}, steps: [{run: x}]", "expected a name of letters, digits, - and _"],
  ["run: x, expect: {json: [{at: a}]}", "expect.json[0].at: expected a JSON Pointer"],
  ["run: x, expect: {json: [{equals: 1, matches: a}]}", "equals and matches are both given"],
  ["run: x, expect: {json: [{matches: '('}]}", "expect.json[0].matches: "],
  ["check: boots, put: [{from: a, to: /b}]", "put and get belong to run"],
  ["check: boots, expect: {exitCode: 3}", "tests[0]: expect belongs to run; a step has its own"],
  ["script: s, expect: {stdout: x}", "tests[0]: expect belongs to run"],
  ["steps: [{run: x}], expect: {files: [{path: /d/x}]}", "tests[0]: expect belongs to run"],
  ["steps: [{run: x}], expect: {json: [{at: /a}]}", "tests[0]: expect belongs to run"],
  [
    "run: x, expect: {files: [{path: /d/x, exists: false, contents: a}]}",
    "tests[0].expect.files[0]: contents belongs to a file that exists",
  ],
  ["instances: {}, steps: [{run: x}]", "tests[0]: instances has none; name at least one"],
  [
    "instances: {a: {}}, network: outbound, steps: [{run: x}]",
    "tests[0]: network does not go with instances",
  ],
  [
    "run: x, expect: {stdout: '${instances.db.ip}'}",
    "tests[0].expect: there is no instance db: the test has no instances",
  ],
  [
    "instances: {a: {}}, steps: [{run: x, expect: {files: [{path: /d/x, contents: '${instances.db.ip}'}]}}]",
    "tests[0].steps[0].expect: there is no instance db; known are a",
  ],
  [
    "instances: {a: {}}, steps: [{run: x, expect: {json: [{matches: '${instances.db.ip}'}]}}]",
    "there is no instance db; known are a",
  ],
  ["run: x, network: lan", "tests[0].network: expected one of none, vpn, outbound"],
  ["run: x, isolation: none", "expected one of reset, boot, shared"],
])("a wrong test is refused: %s", async (text, message) => {
  await expect(parse(text)).rejects.toThrow(message);
});

test("only references to instances are replaced, and a second $ keeps one as it is", () => {
  const addresses = new Map([["db", "10.0.0.2"]]);
  const replaced = (text: string) => withInstanceAddresses(text, addresses);
  expect(replaced("${instances.db.ip}:1 ${instances.db.ip}")).toBe("10.0.0.2:1 10.0.0.2");
  expect(replaced("$${instances.db.ip}")).toBe("${instances.db.ip}");
  const shell = "$HOME ${HOME} $$ $${x} $(y) ${instances.db.port}";
  expect(replaced(shell)).toBe(shell);
});
