import type { StageRecord, StageValue } from "../../src/actions/results/stage-record.ts";
import { parseStageRecord } from "../../src/actions/results/stage-record.ts";
import { renderSummary } from "../../src/actions/summary/render-summary.ts";

const record = (
  stage: StageRecord["stage"],
  value: StageValue = {},
  more: Partial<StageRecord> = {},
): StageRecord => ({
  schema: 1,
  stage,
  outcome: "passed",
  reason: "",
  hint: null,
  startedAt: 1000,
  durationMs: 500,
  value,
  ...more,
});

const convert = {
  hash: "ab".repeat(28),
  sha256: "cd".repeat(32),
  size: 3 * 1024 * 1024,
  cache: "near",
  reusedShare: 0.987,
  maxSize: 4,
  previous: { hash: "ef".repeat(28), size: 2 * 1024 * 1024 },
} as const;

test("says what the image is, how it changed, and what the cache was good for", () => {
  const text = renderSummary([record("lint", { findings: [] }), record("convert", { convert })]);
  expect(text).toContain("## ✅ Golem image");
  expect(text).toContain(`| hash | <code>${convert.hash}</code> |`);
  expect(text).toContain(
    `| change | +1.0 MiB (+50.0 %) against <code>${convert.previous.hash}</code> |`,
  );
  expect(text).toContain("| budget | 75 % of 4 MiB |");
  expect(text).toMatch(/\| cache \| .*98 &#37; reused/);
  expect(text).toContain("Lint found nothing.");
});

test("a failed stage comes first, with what to do", () => {
  const failed = record(
    "build",
    {},
    { outcome: "failed", reason: "No builder.", hint: "Install one." },
  );
  const text = renderSummary([record("lint", { findings: [] }), failed]);
  expect(text).toMatch(/^## ❌ Golem image: build failed\n/);
  expect(text).toContain("```text\nNo builder.\nInstall one.\n```");
  expect(text).toContain("  build 500 ms :crit, 0, 500");
});

test("bars of the chart start when their stages did", () => {
  const text = renderSummary([
    record("lint"),
    record("build", {}, { startedAt: 1600, durationMs: 200 }),
  ]);
  expect(text).toContain("```mermaid\ngantt\n  dateFormat x\n");
  expect(text).toContain("  lint 500 ms :0, 500\n  build 200 ms :600, 800\n");
});

test("nothing of an image is more than text", () => {
  const hostile =
    "</code><img src=x onerror=alert(1)> | @everyone `x` [a](http://evil) \n::error::x\n```";
  const text = renderSummary([
    record("lint", {
      findings: [{ rule: "GVM001", severity: "error", file: hostile, line: 1, message: hostile }],
    }),
    record("publish", {
      publish: {
        ...{
          hash: "ab",
          url: hostile,
          package: hostile,
          size: 1,
          tags: [hostile],
          warnings: [hostile],
        },
        snippets: [{ consumer: hostile, language: "x`y\n", code: hostile }],
      },
    }),
    record("test", {}, { outcome: "failed", reason: hostile, hint: hostile }),
  ]);
  const fences = /^(`{3,})\w*\n[\s\S]*?\n\1$/gm;
  const outside = text.replace(fences, "");
  expect(text.match(fences)?.length).toBe(3);
  expect(outside).not.toMatch(/<img|@everyone|\[a\]|http:\/\/evil|`/);
});

test("a package string is whole, so that it can be copied", () => {
  const url = `https://images.example.org/${"folder/".repeat(60)}image.gvmi`;
  const publish = {
    ...{ hash: "ab", url, package: `hash:sha3:ab:${url}`, size: 1, tags: [], warnings: [] },
    snippets: [],
  };
  const text = renderSummary([record("publish", { publish })]);
  const [, shown = ""] = /^\| package \| <code>(.*)<\/code> \|$/m.exec(text) ?? [];
  const decoded = shown.replace(/&#(\d+);/g, (_, point) => String.fromCodePoint(Number(point)));
  expect(decoded).toBe(publish.package);
});

test("what does not fit is left out from the end", () => {
  const findings = Array.from({ length: 5000 }, (_, line) => ({
    ...{ rule: "GVM001", severity: "info", file: "Dockerfile", line, message: "ü".repeat(1000) },
  })) as NonNullable<StageValue["findings"]>;
  const text = renderSummary([record("lint", { findings }), record("convert", { convert })], {
    maxBytes: 20_000,
  });
  expect(Buffer.byteLength(text)).toBeLessThan(20_000);
  expect(text).toContain(convert.hash);
  expect(text).toContain("The rest does not fit here");
  expect(Buffer.byteLength(renderSummary([record("lint", { findings })]))).toBeLessThan(
    1024 * 1024,
  );
});

test("a record is read as it was written, and nothing else is one", () => {
  const whole = record("convert", { convert });
  expect(parseStageRecord(JSON.stringify(whole))).toEqual(whole);
  for (const text of ["", "null", "[]", '{"schema":2}', JSON.stringify({ ...whole, stage: "x" })]) {
    expect(parseStageRecord(text)).toBeUndefined();
  }
});
