import { type LintInput, lint } from "../../src/lint/lint.ts";
import { findingsOf } from "./lint-text.ts";

/** As `line rule`, without GVM001 and GVM020, which almost every text here would have. */
const found = (text: string, image?: LintInput["image"]) =>
  lint(
    { dockerfile: { path: "Dockerfile", text }, ...(image && { image }) },
    { ignore: ["GVM001"] },
  ).map(({ line, rule }) => `${line} ${rule}`);

const EXPOSED = "EXPOSE 80\nENV A=1\n";

describe("a pragma", () => {
  test.each([
    [`FROM scratch\n${EXPOSED}`, ["2 GVM004", "3 GVM003"]],
    [`FROM scratch\n# golem-lint ignore=GVM004 local tests\n${EXPOSED}`, ["4 GVM003"]],
    [`FROM scratch\n#golem-lint ignore=GVM004 local tests\n\n# else\n${EXPOSED}`, ["6 GVM003"]],
    [`FROM scratch\r\n# golem-lint ignore=GVM004 local\r\n${EXPOSED}`, ["4 GVM003"]],
    [`# golem-lint ignore=GVM003,GVM004 all known\nFROM scratch\n${EXPOSED}`, []],
    [`\uFEFF# golem-lint ignore=GVM003, GVM004 all known\nFROM scratch\n${EXPOSED}`, []],
    [`# x\n\n# golem-lint ignore=GVM003 a\nARG X\nFROM scratch\n${EXPOSED}`, ["6 GVM004"]],
    ["FROM scratch\nEXPOSE 80 \\\n# golem-lint ignore=GVM004 local\n  81\n", []],
    ["FROM scratch\n# golem-lint ignore=GVM004 a\nEXPOSE 80\nEXPOSE 81\n", ["4 GVM004"]],
    ["FROM scratch\n# golem-lint ignore=GVM010 a\nVOLUME /a \\\n  /tmp\n", []],
    ["FROM scratch\n# golem-lint ignore=GVM004 a\n# golem-lint ignore=GVM004 b\nEXPOSE 80\n", []],
  ])("in %j leaves %j", (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test("in a here-document is text", () => {
    const text = `FROM scratch\nRUN <<EOF\n# golem-lint ignore=GVM004 x\nEOF\nEXPOSE 80\n`;
    expect(found(text)).toEqual(["5 GVM004"]);
  });
});

describe("a pragma with a mistake is reported", () => {
  test.each([
    ["golem-lint", "means nothing to lint; expected: # golem-lint ignore=GVM003 reason"],
    ["golem-lint GVM003", "means nothing to lint"],
    ["golem-lint ignore=", "means nothing to lint"],
    ["golem-lint: ignore=GVM003 x", "means nothing to lint"],
    ["golem-lint ignore=GVM03 x", "There is no rule GVM03 to ignore. Did you mean GVM003?"],
    ["golem-lint ignore=DL3006 x", "There is no rule DL3006 to ignore."],
    ["golem-lint ignore=GVM003", "does not say why GVM003 can be ignored"],
  ])("%j", (comment, message) => {
    const [finding] = findingsOf("GVM100", `FROM scratch\n  # ${comment}\nENV A=1\n`);
    expect(finding).toMatchObject({ line: 2, column: 3, severity: "warning" });
    expect(finding?.message).toContain(message);
  });

  test.each(["golem", "see golem-linter", "golem-lints ignore=GVM003"])("but not %j", (comment) => {
    expect(findingsOf("GVM100", `FROM scratch\n# ${comment}\nENV A=1\n`)).toEqual([]);
  });
});

describe("a needless pragma is reported", () => {
  test.each([
    ["FROM scratch\n# golem-lint ignore=GVM004 x\nENV A=1\n", "2:1 of this instruction"],
    ["# golem-lint ignore=GVM004 x\nFROM scratch\n", "1:1 in this file"],
    ["FROM scratch\nEXPOSE 80\n# golem-lint ignore=GVM004 x\n", "3:1 behind it"],
    ["FROM debian\nEXPOSE 80\n# golem-lint ignore=GVM004 x\n", "3:1 behind it"],
  ])("in %j", (text, expected) => {
    const [finding] = findingsOf("GVM101", text);
    expect(`${finding?.line}:${finding?.column} ${finding?.message}`).toContain(
      expected.replace(" ", " There is nothing to ignore of GVM004 "),
    );
  });

  test("for those of its rules that find nothing", () => {
    const text = "FROM scratch\n# golem-lint ignore=GVM004,GVM006 x\nEXPOSE 80\n";
    expect(findingsOf("GVM101", text)[0]?.message).toContain("to ignore of GVM006 of");
  });

  test("only when everything has been looked at that could be found", () => {
    const text = "FROM debian\n# golem-lint ignore=GVM007 x\nVOLUME /a\n";
    expect(findingsOf("GVM101", text)).toEqual([]);
    expect(findingsOf("GVM101", text, { config: {} })).toEqual([]);
    expect(findingsOf("GVM101", text, { config: {}, entries: [] })).toHaveLength(1);
  });

  test("not when the rule itself is left out", () => {
    const text = "FROM scratch\n# golem-lint ignore=GVM004 x\nENV A=1\n";
    expect(lint({ dockerfile: { path: "D", text } }, { ignore: ["GVM004"] })).not.toContainEqual(
      expect.objectContaining({ rule: "GVM101" }),
    );
  });
});
