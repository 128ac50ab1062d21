// Needs xmllint (libxml2-utils).
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatJunit } from "../../src/report/format-junit.ts";
import { HOSTILE_TEXTS } from "../lint/findings.ts";
import { imageResult, profileResult } from "../support/profile-result.ts";
import { resultWithText, richResult } from "./rich-result.ts";

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "gi-reports-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

function validate(xml: string) {
  const file = join(directory, "junit.xml");
  writeFileSync(file, xml);
  const schema = join(__dirname, "fixtures/junit-10.xsd");
  const { status, stderr } = spawnSync("xmllint", ["--noout", "--schema", schema, file], {
    encoding: "utf8",
  });
  return { status, stderr: stderr.replaceAll(file, "junit.xml").trim() };
}

const VALID = { status: 0, stderr: "junit.xml validates" };

test.each([
  ["with every verdict", richResult()],
  ["without tests", imageResult(profileResult({ tests: [] }))],
  ["of no profile", imageResult()],
])("JUnit's report of a run %s is valid", (_, result) => {
  expect(validate(formatJunit(result))).toEqual(VALID);
});

test("what is not valid is found", () => {
  expect(validate("<testsuites><testcase/></testsuites>").status).not.toBe(0);
});

test.each(HOSTILE_TEXTS)("with %j in every place JUnit's report is valid, too", (text) => {
  expect(validate(formatJunit(resultWithText(text)))).toEqual(VALID);
});
