import { tmpdir } from "node:os";
import { join } from "node:path";
import { chooseReports, reportRoot, reportValue } from "../../src/cli/report-requests.ts";
import { chooseTestReports } from "../../src/cli/test-reports.ts";
import { UsageError } from "../../src/errors.ts";

test.each([
  ["text", { format: "text" }],
  ["sarif=out.sarif", { format: "sarif", file: "out.sarif" }],
  ["json=a=b.json", { format: "json", file: "a=b.json" }],
])("%j is a report", (text, expected) => {
  expect(reportValue(text, [{ format: "github" }])).toEqual([{ format: "github" }, expected]);
});

test.each([["xml"], [""], ["sarif="], ["=file"], ["SARIF"], ["sarif:out"]])(
  "%j is none",
  (text) => {
    expect(() => reportValue(text)).toThrow("Expected text, json, sarif, checkstyle, github");
  },
);

test("text is reported when nothing is asked for", () => {
  expect(chooseReports({})).toEqual([{ format: "text" }]);
});

test("--json is one more way to ask for JSON", () => {
  expect(chooseReports({ json: true, format: [{ format: "json" }] })).toEqual([{ format: "json" }]);
});

test("files alone leave stdout empty", () => {
  const format = [{ format: "sarif", file: "a" } as const, { format: "text", file: "b" } as const];
  expect(chooseReports({ format })).toEqual(format);
});

test.each([
  ["two on stdout", { json: true, format: [{ format: "text" } as const] }],
  [
    "two in one file",
    {
      format: [{ format: "sarif", file: "a" } as const, { format: "json", file: "./a" } as const],
    },
  ],
])("%s are refused", (_, options) => {
  expect(() => chooseReports(options)).toThrow(UsageError);
});

test.each([
  [undefined, "/repo/images", "/repo/images"],
  ["/repo", "/repo/images", "/repo"],
  ["/repo", "/repo", "/repo"],
  ["/repo", "/elsewhere", "/elsewhere"],
  ["relative", "/repo", "/repo"],
])("with the workspace %s paths in %s start at %s", (workspace, directory, expected) => {
  const environment = workspace === undefined ? {} : { GITHUB_WORKSPACE: workspace };
  expect(reportRoot(environment, directory)).toBe(expected);
});

test("a report of tests that has no place for its file is refused before they are run", async () => {
  const report = (file: string) => chooseTestReports({ report: [{ format: "junit", file }] });
  await expect(report(tmpdir())).rejects.toMatchObject({
    kind: "usage",
    message: `The report junit cannot be written to ${tmpdir()}: it is a directory.`,
    hint: `Name a file, as in --report junit=${join(tmpdir(), "report")}.`,
  });
});
