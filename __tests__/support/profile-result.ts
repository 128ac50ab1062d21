import type { TestResult } from "../../src/checks/test-outcome.ts";
import type { ProfileResult } from "../../src/pipeline/profile-result.ts";

/** A profile under which one test passed; `change` says what is different. */
export function profileResult(change: Partial<ProfileResult> = {}): ProfileResult {
  return {
    profile: "v0.5",
    ok: true,
    runtime: { name: "system", version: "6.1.0", reason: "as asked for" },
    accelerator: "tcg",
    acceleratorReason: "as asked for",
    readyMs: 5000,
    tests: [testResult()],
    failure: null,
    measurements: null,
    ...change,
  };
}

export function testResult(change: Partial<TestResult> = {}): TestResult {
  return { name: "starts", ok: true, exitCode: 0, durationMs: 10, message: "", ...change };
}

export const failedTest = testResult({
  ok: false,
  exitCode: 1,
  message: "exit code 1, expected 0",
});

export const deadVm: Partial<ProfileResult> = {
  ok: false,
  readyMs: null,
  tests: [],
  failure: {
    kind: "vm",
    message: "The VM ended: no /proc.",
    during: null,
    hint: "Add it.",
    details: "the console",
  },
};
