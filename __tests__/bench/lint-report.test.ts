import { formatLintResults } from "../../bench/lint/report.ts";

const results = { runs: 3, date: "2026-01-02", machine: ["a machine"], remarks: [] };

test("lint may take one and a half times what node takes, and 60 ms", () => {
  const report = formatLintResults({ ...results, floors: [40, 30, 50], lints: [100, 120, 110] });
  expect(report).toContain(
    "| `golem-image lint` of a Dockerfile | 110 | 120 (1.5 × node + 60 ms) |",
  );
});

test("more than that is bold", () => {
  expect(formatLintResults({ ...results, floors: [40], lints: [121] })).toContain("| **121** |");
});
