import type { TestResult } from "../../src/checks/test-result.ts";
import type { ProfileResult, TestImageResult } from "../../src/pipeline/profile-result.ts";

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
    timeline: [],
    samples: [],
    console: { path: null, tail: "" },
    limits: {
      memoryMib: 256,
      cpus: 1,
      storageMib: null,
      outputMib: 1,
      timeoutsMs: { boot: 60_000, command: 60_000, total: 600_000 },
    },
    repeatCommand: "golem-image test image.gvmi --profile v0.5",
    ...change,
  };
}

export function testResult(change: Partial<TestResult> = {}): TestResult {
  return {
    id: "starts",
    name: "starts",
    source: { file: "golem-image.yml", line: 4 },
    kind: "command",
    verdict: "passed",
    ok: true,
    exitCode: 0,
    durationMs: 10,
    message: "",
    problems: [],
    steps: [],
    isolation: "reset",
    profile: "v0.5",
    attempts: 1,
    repeatCommand: "golem-image test image.gvmi --profile v0.5 --only starts",
    ...change,
  };
}

export function imageResult(...profiles: ProfileResult[]): TestImageResult {
  return {
    schema: 1,
    ok: profiles.every(({ ok }) => ok),
    image: "image.gvmi",
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 6000,
    profiles,
  };
}

export const failedTest = testResult({
  verdict: "failed",
  ok: false,
  exitCode: 1,
  message: "exit code 1, expected 0",
  problems: ["exit code 1, expected 0"],
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
