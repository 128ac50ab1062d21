import { applyFixes, fixText } from "../../src/lint/apply-fixes.ts";
import type { Edit, Finding } from "../../src/lint/finding.ts";
import { lint } from "../../src/lint/lint.ts";

function finding(...edits: [string, string, string][]): Finding {
  const place = (text: string) => {
    const [line = 0, column = 0] = text.split(":").map(Number);
    return { line, column };
  };
  return {
    ...{ rule: "GVM001", severity: "info", file: "D", line: 1, column: 1, message: "" },
    fix: {
      edits: edits.map(
        ([start, end, text]): Edit => ({ start: place(start), end: place(end), text }),
      ),
    },
  };
}

const apply = (text: string, ...findings: Finding[]) => applyFixes(text, findings);

describe("edits", () => {
  test.each([
    ["replace", "ab\ncd\n", ["2:1", "2:2", "X"], "ab\nXd\n"],
    ["insert", "ab\ncd\n", ["2:3", "2:3", "X"], "ab\ncdX\n"],
    ["remove a line", "ab\ncd\nef", ["2:1", "3:1", ""], "ab\nef"],
    ["remove the last line", "ab\ncd", ["2:1", "3:1", ""], "ab\n"],
    ["count from behind a byte order mark", "\uFEFFab", ["1:1", "1:2", "X"], "\uFEFFXb"],
    ["write the line ends of the file", "ab\r\ncd\r\n", ["2:1", "2:1", "X\n"], "ab\r\nX\r\ncd\r\n"],
    ["count code units", "🙂b", ["1:3", "1:4", "X"], "🙂X"],
  ] as const)("%s", (_, text, edit, expected) => {
    expect(apply(text, finding([...edit]))).toEqual({ text: expected, count: 1 });
  });

  test("of several findings are applied together", () => {
    const second = finding(["1:3", "1:4", "Y"]);
    expect(apply("abcd", second, finding(["1:1", "1:2", "XX"]))).toEqual({
      text: "XXbYd",
      count: 2,
    });
  });

  test.each([
    ["overlap", ["1:1", "1:3", "X"], ["1:2", "1:4", "Y"], "Xcd"],
    ["are the same", ["1:1", "1:2", "X"], ["1:1", "1:2", "X"], "Xbcd"],
    ["insert at the same place", ["1:2", "1:2", "X"], ["1:2", "1:2", "Y"], "aXbcd"],
    ["insert into a replaced part", ["1:1", "1:4", "X"], ["1:2", "1:2", "Y"], "Xd"],
  ] as const)("that %s: the first one is applied", (_, first, second, expected) => {
    expect(apply("abcd", finding([...first]), finding([...second]))).toEqual({
      text: expected,
      count: 1,
    });
  });

  test("of one fix are applied all or none", () => {
    const both = finding(["1:1", "1:2", "X"], ["1:3", "1:4", "Y"]);
    expect(apply("abcd", finding(["1:3", "1:4", "Z"]), both).text).toBe("abZd");
    expect(apply("abcd", finding(["1:1", "1:3", "X"], ["1:2", "1:4", "Y"])).count).toBe(0);
    expect(apply("abcd", finding(["1:3", "1:1", "X"])).count).toBe(0);
  });
});

const lintText = (text: string) => lint({ dockerfile: { path: "D", text } });

describe("fixText", () => {
  test.each([
    [
      "a pragma",
      "FROM scratch\r\n\r\n# golem-lint ignore=GVM004 x\r\n# y\r\nENV  A=1 # z\r\n",
      "FROM scratch\r\n\r\n# y\r\nENV  A=1 # z\r\n",
    ],
    [
      "a part of one",
      "FROM scratch\n\t# golem-lint  ignore=GVM006,GVM004  x\nEXPOSE 80\n",
      "FROM scratch\n\t# golem-lint  ignore=GVM004  x\nEXPOSE 80\n",
    ],
  ])("takes away %s that is needless", (_, text, expected) => {
    const fixed = fixText(text, lintText);
    expect(fixed).toEqual({ text: expected, count: 1 });
    expect(fixText(expected, lintText)).toEqual({ text: expected, count: 0 });
  });

  test("takes away many at once", () => {
    const text = `FROM scratch\n${"# golem-lint ignore=GVM004 x\n".repeat(2000)}ENV A=1\n`;
    expect(fixText(text, lintText)).toEqual({ text: "FROM scratch\nENV A=1\n", count: 2000 });
  });

  test("ends when a rule's fix does not cure", () => {
    const { text, count } = fixText("", () => [finding(["1:1", "1:1", "X"])]);
    expect(count).toBe(text.length);
  });
});
