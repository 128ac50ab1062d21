import { formatJson } from "../../src/report/format-json.ts";
import { imageResult, profileResult, testResult } from "../support/profile-result.ts";
import { richResult, step } from "./rich-result.ts";

const noisy = (text: string) =>
  testResult({ steps: [step({ stdout: { text, truncated: false } }), step()] });

test("everything is in it", () => {
  expect(JSON.parse(formatJson(richResult()))).toEqual(richResult());
});

test("outputs that are too much together are cut, the short ones stay", () => {
  const tests = [noisy("x".repeat(10_000)), noisy("y".repeat(5_000))];
  const { profiles } = JSON.parse(formatJson(imageResult(profileResult({ tests })), 4_000));
  const [first, second] = profiles[0].tests;
  expect(first.steps[0].stdout).toEqual({
    text: expect.stringMatching(/^x{250}\n\[\.\.\. 9500 characters are left out.*\]\nx{250}$/),
    truncated: true,
  });
  expect(second.steps[0].stdout.truncated).toBe(true);
  expect(first.steps[1].stdout).toEqual({ text: "hello\n", truncated: false });
});

test("1 GiB of output in control characters is still a report", () => {
  const text = "\0".repeat(1024 * 1024);
  const tests = Array.from({ length: 1024 }, () => noisy(text));
  const report = formatJson(imageResult(profileResult({ tests })));
  expect(report.endsWith("}\n")).toBe(true);
});
