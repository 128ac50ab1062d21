import { SettingsError } from "../../src/errors.ts";
import { reachesThreshold } from "../../src/lint/finding.ts";
import { lint } from "../../src/lint/lint.ts";
import { RULES } from "../../src/lint/rules/index.ts";

const text = `FROM debian:12@sha256:0
EXPOSE 80
ENV A=1
VOLUME /tmp
CMD run
`;

describe("lint", () => {
  test("reports findings in the order of the file, with these keys and no others", () => {
    const findings = lint({ dockerfile: { path: "images/Dockerfile", text } });
    expect(findings.map(({ rule, line }) => `${line} ${rule}`)).toEqual([
      "2 GVM004",
      "3 GVM003",
      "4 GVM010",
      "5 GVM002",
    ]);
    for (const finding of findings) {
      const keys = ["rule", "severity", "file", "line", "column", "message", "cure", "fix"];
      expect(Object.keys(finding).filter((key) => !keys.includes(key))).toEqual([]);
      expect(Object.keys(finding).slice(0, 6)).toEqual(keys.slice(0, 6));
      expect(finding.file).toBe("images/Dockerfile");
    }
  });

  test("leaves out ignored rules", () => {
    const findings = lint({ dockerfile: { path: "D", text } }, { ignore: ["GVM010", "GVM003"] });
    expect(findings.map(({ rule }) => rule)).toEqual(["GVM004", "GVM002"]);
  });

  test("gives rules other severities", () => {
    const severity = { GVM002: "info", GVM010: "warning" } as const;
    const findings = lint({ dockerfile: { path: "D", text } }, { severity });
    expect(findings.map((finding) => [finding.rule, finding.severity])).toEqual([
      ["GVM004", "info"],
      ["GVM003", "warning"],
      ["GVM010", "warning"],
      ["GVM002", "info"],
    ]);
    expect(() =>
      lint({ dockerfile: { path: "D", text } }, { severity: { GVM999: "info" } }),
    ).toThrow('There is no lint rule "GVM999" to give a severity.');
  });

  test("refuses to ignore a rule that does not exist", () => {
    expect(() => lint({ dockerfile: { path: "D", text } }, { ignore: ["GVM999"] })).toThrow(
      SettingsError,
    );
  });

  test("finds nothing wrong with the documentation's own image, before and after it is built", () => {
    const dockerfile = {
      path: "Dockerfile",
      text: "FROM debian:12@sha256:0\nVOLUME /golem/input /golem/output\nWORKDIR /golem/work\n",
    };
    const config = {
      Env: ["PATH=/usr/local/bin:/usr/bin:/bin"],
      Cmd: ["bash"],
      WorkingDir: "/golem/work",
      Volumes: { "/golem/input": {}, "/golem/output": {} },
    };
    expect(lint({ dockerfile })).toEqual([]);
    expect(lint({ dockerfile, image: { name: "debian", config } })).toEqual([]);
  });
});

test.each([
  ["error", false],
  ["warning", true],
  ["info", true],
  ["never", false],
] as const)("a warning reaches the threshold %s: %s", (failOn, expected) => {
  const finding = { rule: "GVM001", file: "f", line: 1, column: 1, message: "" };
  expect(reachesThreshold([{ ...finding, severity: "warning" }], failOn)).toBe(expected);
  expect(reachesThreshold([], failOn)).toBe(false);
});

test("every rule has an id, a name and a documentation of its own", () => {
  const ids = RULES.map(({ id }) => id);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(new Set(RULES.map(({ name }) => name)).size).toBe(ids.length);
  for (const { id, summary, why, cure, page } of RULES) {
    expect(id).toMatch(/^GVM\d{3}$/);
    for (const part of [summary, why, cure, page.affected]) expect(part).toMatch(/^[A-Z].*[.)]$/);
    expect(page.bad).not.toBe(page.good);
  }
});
