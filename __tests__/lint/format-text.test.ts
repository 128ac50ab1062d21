import type { Finding } from "../../src/lint/finding.ts";
import { formatText } from "../../src/lint/format-text.ts";

const finding: Finding = {
  rule: "GVM010",
  severity: "error",
  file: "Dockerfile",
  line: 2,
  column: 8,
  message: "cannot work",
};

const format = (text: string, properties: Partial<Finding> = {}) =>
  formatText([{ ...finding, ...properties }], { sources: new Map([["Dockerfile", text]]) });

test("shows the line and points at the column", () => {
  expect(format("FROM x\nVOLUME /tmp\n")).toBe(
    [
      "Dockerfile:2:8: error GVM010: cannot work",
      "    2 | VOLUME /tmp",
      "      |        ^",
      "",
    ].join("\n"),
  );
});

test("says the cure below, and whether lint can apply it", () => {
  const fix = { edits: [] };
  expect(
    format("FROM x\nVOLUME /tmp\n", { cure: "Use\n/golem.", fix }).split("\n").slice(3),
  ).toEqual(["      = cure: Use\\u000a/golem. lint --fix does this.", ""]);
  expect(formatText([{ ...finding, cure: "Use /golem." }])).toContain(
    "\n      = cure: Use /golem.\n",
  );
});

test("is empty without findings", () => {
  expect(formatText([])).toBe("");
});

test("needs no source", () => {
  expect(formatText([finding])).toBe("Dockerfile:2:8: error GVM010: cannot work\n");
});

test.each([
  ["\tx\u001b[31m\tVOLUME", 8],
  ["\uFEFF", 1],
])("the caret stays below its character in %j", (line, column) => {
  const [, source = "", caret = ""] = format(`${line}\r\n`, { line: 1, column }).split("\n");
  expect(source).not.toMatch(/\p{Cc}/u);
  expect(caret.indexOf("^")).toBe("    1 | ".length + column - 1);
});

test("characters of two code units are one column wide", () => {
  const [, , caret = ""] = format("# 🙂 x", { line: 1, column: 6 }).split("\n");
  expect(caret.indexOf("^")).toBe("    1 | # 🙂 x".indexOf("x") - 1);
});

test("a long line is cut around the place", () => {
  const [, source = "", caret = ""] = format(`${"a".repeat(5000)}X${"b".repeat(5000)}`, {
    line: 1,
    column: 5001,
  }).split("\n");
  expect(source.length).toBeLessThan(120);
  expect(source[caret.indexOf("^")]).toBe("X");
});

test("control characters of file names do not reach the terminal", () => {
  expect(formatText([{ ...finding, file: "a\u001b[2Jb\n" }])).toContain("a\\u001b[2Jb\\u000a:2:8");
});

test("each part can be painted", () => {
  const text = formatText([finding], {
    sources: new Map([["Dockerfile", "FROM x\nVOLUME /tmp"]]),
    paint: (part, painted) => `<${part}>${painted}</>`,
  });
  expect(text).toContain("<place>Dockerfile:2:8:</> <error>error GVM010</>: cannot work\n<source>");
});
