import { formatJson } from "../../src/lint/format-json.ts";
import { finding } from "./findings.ts";

test("is an object with a version and the findings as they are", () => {
  const findings = [
    finding({ message: "a\nb\u001b" }),
    finding({
      cure: "do it",
      fix: { edits: [{ start: { line: 1, column: 1 }, end: { line: 1, column: 2 }, text: "x" }] },
    }),
  ];
  const text = formatJson(findings);
  expect(JSON.parse(text)).toEqual({ version: 1, findings });
  expect(text).toMatch(/\}\n$/);
});
