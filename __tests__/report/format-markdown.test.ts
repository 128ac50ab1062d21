import { formatMarkdown } from "../../src/report/format-markdown.ts";
import { HOSTILE_TEXTS } from "../lint/findings.ts";
import { failedTest, imageResult, profileResult } from "../support/profile-result.ts";
import { resultWithText, richResult, step } from "./rich-result.ts";

test("failures come first, with what was found and how to repeat it; then all in a table", () => {
  const text = formatMarkdown(richResult());
  expect(text).toContain("## ❌ <code>image.gvmi</code>\n");
  expect(text).toContain("3 of 6 passed, **2 failed**, 1 flaky, 1 not run in 6.0 s.");
  expect(text).toContain(
    "A Golem VM does not get the image's ENV. Set it in the command. (GVM003)",
  );
  expect(text).toContain(
    "Repeat it: <code>golem-image test image.gvmi --profile v0.5 --only starts</code>",
  );
  expect(text).toContain("| <code>ENV reaches commands</code> | ❌ failed (2.3 s) | – |");
  expect(text).toContain("| <code>overlay</code> | 101.0 MiB of 128.0 MiB (79 %) | – |");
});

test("a run that passed has no details", () => {
  const text = formatMarkdown(imageResult(profileResult()));
  expect(text).toContain("## ✅ <code>image.gvmi</code>\n\n1 of 1 passed in 6.0 s.");
  expect(text).not.toContain("<details");
});

test.each([
  ...HOSTILE_TEXTS,
  "```\n# heading\n````",
  "a|b|c",
  "@someone #1 www.example.com https://example.com [a](b) ![c](d)",
  "</details></code><script>",
])("outside of blocks of text %j is no Markdown and no HTML", (hostile) => {
  const text = formatMarkdown(resultWithText(hostile));
  // As GitHub reads it: a block ends at a line of at least as many backticks as it began with.
  const outside = text.replace(/^(`{3,})text\n[\s\S]*?\n\1`*$/gm, "");
  expect(outside.match(/<\/?details/g)).toHaveLength(6);
  expect(outside).not.toMatch(/`|<script|www\.|:\/\/|@|\]\(|<a /);
  const cells = outside.match(/^\|.*$/gm)?.map((row) => row.split("|").length);
  expect(new Set(cells)).toEqual(new Set([4]));
});

test("whatever is printed, the summary fits into a job's 1 MiB", () => {
  const text = "🙂".repeat(500_000);
  const tests = Array.from({ length: 2000 }, (_none, index) => ({
    ...failedTest,
    name: `${index} ${text.slice(0, 10_000)}`,
    message: text,
    steps: [step({ stdout: { text, truncated: false } })],
  }));
  const summary = formatMarkdown(imageResult(profileResult({ ok: false, tests })));
  expect(Buffer.byteLength(summary)).toBeLessThan(1024 * 1024);
  expect(summary).toContain("… and 1950 more failures.");
});
