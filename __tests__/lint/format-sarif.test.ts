import { join } from "node:path";
import sarifSchema from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json";
import Ajv from "ajv";
import draft4 from "ajv/lib/refs/json-schema-draft-04.json";
import type { Finding } from "../../src/lint/finding.ts";
import { formatSarif } from "../../src/lint/format-sarif.ts";
import { lint } from "../../src/lint/lint.ts";
import { RULES } from "../../src/lint/rules/index.ts";
import { finding, HOSTILE_TEXTS } from "./findings.ts";

const ajv = new Ajv({ schemaId: "auto", allErrors: true });
ajv.addMetaSchema(draft4);
const validate = ajv.compile(sarifSchema);

interface Location {
  physicalLocation: { artifactLocation: { uri: string; uriBaseId?: string }; region: object };
}
interface Result {
  ruleId: string;
  ruleIndex: number;
  level: string;
  message: { text: string };
  locations: [Location];
  partialFingerprints: Record<string, string>;
  fixes?: { artifactChanges: object[] }[];
}

const SOURCE = "FROM debian\nVOLUME /tmp\nENV A=1\n";

function format(findings: readonly Finding[], text = SOURCE, root = process.cwd()) {
  const sources = new Map([["Dockerfile", text]]);
  const log = JSON.parse(formatSarif(findings, { sources, root, version: "1.2.3" }));
  validate(log);
  expect(validate.errors).toBeNull();
  const [run] = log.runs;
  return { driver: run.tool.driver, results: run.results as Result[], log };
}

const fingerprintOf = (result: Result | undefined) =>
  Object.values(result?.partialFingerprints ?? {})[0];

test("the schema refuses what is no SARIF", () => {
  expect(validate({ version: "2.1.0", runs: [{ results: [] }] })).toBe(false);
});

test("what is found in a Dockerfile is valid, and each result names its rule", () => {
  const text =
    "FROM debian:latest\nENV A=1\nVOLUME /tmp /a/b /a\nWORKDIR /a/c\nUSER me\nCMD x\nFRO y\n";
  const findings = lint({ dockerfile: { path: "Dockerfile", text } });
  const { driver, results, log } = format(findings, text);
  expect(results.length).toBe(findings.length);
  expect(log).toMatchObject({ version: "2.1.0" });
  expect(driver).toMatchObject({ name: "golem-image", version: "1.2.3" });
  for (const [index, result] of results.entries()) {
    expect(result.ruleId).toBe(findings[index]?.rule);
    expect(driver.rules[result.ruleIndex].id).toBe(result.ruleId);
  }
});

test("every rule has help, and its own severity", () => {
  const { driver } = format([]);
  expect(driver.rules.map(({ id }: { id: string }) => id)).toEqual(RULES.map(({ id }) => id));
  for (const rule of driver.rules) {
    expect(rule.help.markdown).toContain(`# ${rule.id}`);
    expect(rule.help.text.length).toBeGreaterThan(20);
    expect(["error", "warning", "note"]).toContain(rule.defaultConfiguration.level);
  }
});

test("a result has level, place, message with the cure, and the fix", () => {
  const edit = {
    start: { line: 2, column: 8 },
    end: { line: 2, column: 12 },
    text: "/golem/work",
  };
  const removal = { start: { line: 3, column: 1 }, end: { line: 4, column: 1 }, text: "" };
  const [result] = format([
    finding({ severity: "info", cure: "Use /golem/work.", fix: { edits: [edit, removal] } }),
  ]).results;
  const artifactLocation = { uri: "Dockerfile", uriBaseId: "%SRCROOT%" };
  expect(result).toMatchObject({
    level: "note",
    message: { text: "cannot work Use /golem/work." },
    locations: [
      { physicalLocation: { artifactLocation, region: { startLine: 2, startColumn: 8 } } },
    ],
    fixes: [
      {
        description: { text: "Use /golem/work." },
        artifactChanges: [
          {
            artifactLocation,
            replacements: [
              {
                deletedRegion: { startLine: 2, startColumn: 8, endLine: 2, endColumn: 12 },
                insertedContent: { text: "/golem/work" },
              },
              { deletedRegion: { startLine: 3, startColumn: 1, endLine: 4, endColumn: 1 } },
            ],
          },
        ],
      },
    ],
  });
});

test.each([
  [join(process.cwd(), "a dir/Dockerfile"), "a%20dir/Dockerfile"],
  ["images/ä#?%/Dockerfile", "images/%C3%A4%23%3F%25/Dockerfile"],
  ["docker:name", "docker%3Aname"],
  ["../elsewhere/Dockerfile", /^file:\/\/\/.*elsewhere\/Dockerfile$/],
])("the URI of %j is %s", (file, expected) => {
  const [result] = format([finding({ file })]).results;
  const location = result?.locations[0].physicalLocation.artifactLocation;
  expect(location?.uri).toEqual(
    typeof expected === "string" ? expected : expect.stringMatching(expected),
  );
  expect(location?.uriBaseId).toBe(location?.uri.startsWith("file:") ? undefined : "%SRCROOT%");
});

test.each(HOSTILE_TEXTS)("%j is valid as a message and as a file", (text) => {
  const [result] = format([finding({ message: text, file: `${text}x` })]).results;
  expect(result?.message.text).toBe(JSON.parse(JSON.stringify(text)));
});

describe("fingerprints", () => {
  test("stay when the line moves or the message changes", () => {
    const [before] = format([finding()]).results;
    const [after] = format(
      [finding({ line: 4, message: "other words" })],
      `# more\n\n${SOURCE.replace("VOLUME", "  VOLUME")}`,
    ).results;
    expect(fingerprintOf(after)).toBe(fingerprintOf(before));
  });

  test("differ by rule, file, line and occurrence", () => {
    const findings = [
      finding(),
      finding({ column: 10 }),
      finding({ rule: "GVM001" }),
      finding({ file: "other" }),
      finding({ line: 3 }),
    ];
    const { results } = format(findings);
    expect(new Set(results.map(fingerprintOf)).size).toBe(findings.length);
  });
});
