import { formatJunit } from "../../src/report/format-junit.ts";
import { imageResult, profileResult, testResult } from "../support/profile-result.ts";
import { richResult, step } from "./rich-result.ts";

const junit = formatJunit(richResult());

test("every test is a case, and a VM that did not boot is an error", () => {
  expect(junit).toContain('<testsuites name="image.gvmi" tests="6" failures="1" errors="1"');
  expect(junit).toContain('<testsuite name="v0.5" tests="5" failures="1" errors="0" skipped="1"');
  expect(junit).toMatch(
    /<testcase name="the VM boots and lives"[^>]*>\s*<error type="vm" message="The VM ended: no \/proc\.">/,
  );
  expect(junit.match(/<testcase /g)).toHaveLength(6);
});

test("limits and the console's end are in the suite", () => {
  expect(junit).toContain('<property name="limit: memory" value="256 MiB"/>');
  expect(junit).toContain('<property name="peak: overlay" value="101.0 MiB of 128.0 MiB (79 %)"/>');
  expect(junit).toMatch(/<system-out>Kernel panic<\/system-out>\s*<\/testsuite>/);
});

test("a failure tells why, where it is written, and how to repeat it; output is beside it", () => {
  const [, failure = ""] = /<failure [^>]*>([^<]*)<\/failure>/.exec(junit) ?? [];
  expect(failure.split("\n")).toEqual([
    "envVars: FOO is not set, expected bar; stdout does not match /bar/",
    "A Golem VM does not get the image&#39;s ENV. Set it in the command. (GVM003)",
    "golem-image.yml:4",
    "Repeat it: golem-image test image.gvmi --profile v0.5 --only starts",
  ]);
  expect(junit).toContain("$ /usr/bin/env\nenv: something is wrong\n</system-err>");
});

test("a class has no dot of a version in its name, at which readers would cut it", () => {
  expect(new Set(junit.match(/classname="[^"]*"/g))).toEqual(
    new Set(['classname="golem-image.v0_5"', 'classname="golem-image.v0_3"']),
  );
});

test("much output is cut in the middle, and a huge run stays readable", () => {
  const text = `start${"x".repeat(1024 * 1024)}end`;
  const noisy = (name: string) =>
    testResult({ name, steps: [step({ stdout: { text, truncated: false } })] });
  const tests = Array.from({ length: 1000 }, (_none, index) => noisy(`test ${index}`));
  const report = formatJunit(imageResult(profileResult({ tests })));
  expect(report.length).toBeLessThan(40 * 1024 * 1024);
  expect(report).toMatch(/x\n\[\.\.\. \d+ characters are left out of this report\]\nx+end/);
  expect(report.match(/<testcase /g)).toHaveLength(1000);
});
