import { parse } from "yaml";
import { formatTap } from "../../src/report/format-tap.ts";
import { HOSTILE_TEXTS } from "../lint/findings.ts";
import { imageResult, profileResult, testResult } from "../support/profile-result.ts";
import { resultWithText, richResult } from "./rich-result.ts";

/** Reads a flat stream as a harness does: test points, and the block of YAML below each. */
function readTap(text: string) {
  const [version, plan, ...lines] = text.trimEnd().split("\n");
  const points: { line: string; data?: Record<string, unknown> }[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    if (line !== "  ---") {
      points.push({ line });
      continue;
    }
    const end = lines.indexOf("  ...", index);
    const block = lines.slice(index + 1, end).map((each) => each.slice(2));
    Object.assign(points.at(-1) ?? {}, { data: parse(block.join("\n")) });
    index = end;
  }
  return { version, plan, points };
}

test("every test is a point, with what is known of it below", () => {
  const { version, plan, points } = readTap(formatTap(richResult(), 14));
  expect({ version, plan }).toEqual({ version: "TAP version 14", plan: "1..6" });
  expect(points.map(({ line }) => line)).toEqual([
    "ok 1 - v0.5: starts the service",
    "not ok 2 - v0.5: ENV reaches commands",
    "ok 3 - v0.5: talks to the database",
    "ok 4 - v0.5: licences are there",
    "ok 5 - v0.5: is not run # SKIP not run: a test before it has failed, and the run was to end then",
    "not ok 6 - v0.3: the VM boots and lives",
  ]);
  expect(points[1]?.data).toMatchObject({
    message: "envVars: FOO is not set, expected bar; stdout does not match /bar/",
    rule: "GVM003",
    at: { file: "golem-image.yml", line: 4 },
    steps: [{ step: "prepare" }, { exitCode: 1, stderr: "env: something is wrong\n" }],
    limits: { memory: "256 MiB" },
    repeat: "golem-image test image.gvmi --profile v0.5 --only starts",
  });
  expect(points[2]?.data).toMatchObject({ flaky: true, attempts: 2 });
  expect(points[5]?.data).toMatchObject({ details: "the console", hint: "Add it." });
});

test("version 13 is the same under its own name", () => {
  const [first, ...rest] = formatTap(richResult(), 13).split("\n");
  expect(first).toBe("TAP version 13");
  expect(rest).toEqual(formatTap(richResult(), 14).split("\n").slice(1));
});

test("one profile needs no name", () => {
  const report = formatTap(imageResult(profileResult({ tests: [testResult()] })), 14);
  expect(report).toContain("\nok 1 - starts\n");
});

test("a name cannot turn a failure into something that counts for nothing", () => {
  const { points } = readTap(formatTap(resultWithText("x # TODO \\# SKIP\nok 9"), 14));
  expect(points[0]?.line).toBe("not ok 1 - x \\# TODO \\\\\\# SKIP ok 9");
});

test.each([...HOSTILE_TEXTS, "...", "---\n...\nnot ok 7", "  ...\n  ---", "&a *a !!js"])(
  "with %j in every place the points are the same",
  (text) => {
    const { plan, points } = readTap(formatTap(resultWithText(text), 14));
    expect(plan).toBe("1..4");
    expect(points.map(({ line }) => /^(not )?ok \d/.exec(line)?.[0])).toEqual([
      "not ok 1",
      "ok 2",
      "ok 3",
      "not ok 4",
    ]);
    expect(points[0]?.data?.severity).toBe("fail");
  },
);
