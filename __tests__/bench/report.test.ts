import { replaceSection } from "../../bench/marked-section.ts";
import { formatResults, formatTargets, type Results } from "../../bench/report.ts";
import type { Series } from "../../bench/rounds.ts";

const series = (name: string, seconds: readonly number[], outputSize: number): Series => ({
  name,
  description: `what ${name} does`,
  measurements: seconds.map((wallSeconds) => ({
    wallSeconds,
    cpuSeconds: 2 * wallSeconds,
    peakBytes: 120_000_000,
  })),
  outputSize,
});

const results = (parts: Partial<Results> = {}): Results => ({
  size: "small",
  runs: 3,
  date: "2026-01-02",
  machine: ["2 × Some processor"],
  remarks: ["tar2sqfs did not run: it is not installed."],
  series: [
    series("gvmkit-build", [100, 90, 120], 300e6),
    series("mksquashfs-gzip", [20, 18, 24], 275e6),
    series("balanced", [10, 9, 12], 270e6),
    series("changed-above", [12, 9, 10], 280e6),
  ],
  identical: new Map([["changed-above", true]]),
  reusedShares: new Map([["changed-above", 0.975]]),
  ...parts,
});

const rowOf = (text: string, description: string) =>
  text.split("\n").filter((line) => line.includes(description));

describe("formatResults", () => {
  it("gives medians, and ratios to the two references", () => {
    expect(rowOf(formatResults(results()), "what balanced does")).toEqual([
      "| what balanced does | 10.00 | 20.00 | 120 | 270.0 | 0.100 | 0.900 | 0.500 | 0.982 | – |",
    ]);
  });

  it("gives the share of what was reused", () => {
    expect(rowOf(formatResults(results()), "what changed-above does")[0]).toContain("| 97.5 % |");
  });

  it("says on which machine it was, and what did not run", () => {
    const text = formatResults(results());
    expect(text).toContain("- 2 × Some processor\n- tar2sqfs did not run: it is not installed.\n");
    expect(text).toContain("2026-01-02, size `small`, medians of 3 runs");
  });

  it("has no ratios where a reference is missing", () => {
    const alone = results({ series: [series("balanced", [10], 270e6)] });
    expect(rowOf(formatResults(alone), "what balanced does")[0]).toContain("| – | – | – | – | – |");
  });
});

describe("formatTargets", () => {
  it("marks what was not reached", () => {
    const [reached, missed] = rowOf(formatTargets(results()), "from an archive");
    expect(reached).toContain("| 0.100 of the time, 0.900 of the size |");
    expect(missed).toContain("| 0.500 of the time, 0.982 of the size |");
    expect(rowOf(formatTargets(results()), "by a layer above")[0]).toContain(
      "| **0.100 of the time**, identical |",
    );
  });

  it("marks bytes that differ from a cold conversion's", () => {
    const different = results({ identical: new Map([["changed-above", false]]) });
    expect(rowOf(formatTargets(different), "by a layer above")[0]).toContain("**not identical**");
  });

  it("says what was not measured", () => {
    expect(rowOf(formatTargets(results()), "`smallest`")[0]).toContain("| not measured |");
  });
});

describe("replaceSection", () => {
  const text = "a\n<!-- x -->\nold\n<!-- /x -->\nb\n";

  it("replaces what stands between the marks", () => {
    expect(replaceSection(text, "x", "new")).toBe("a\n<!-- x -->\nnew\n<!-- /x -->\nb\n");
  });

  it.each(["no marks", `${text}${text}`, "<!-- x --> no end"])("refuses %j", (other) => {
    expect(() => replaceSection(other, "x", "new")).toThrow("There is no place for results");
  });
});
