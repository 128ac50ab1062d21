import { formatTestResult } from "../../src/cli/test-summaries.ts";
import { describeTests } from "../../src/pipeline/describe-tests.ts";
import type { Measurements } from "../../src/vm/measurements.ts";
import {
  deadVm,
  failedTest,
  imageResult,
  profileResult,
  testResult,
} from "../support/profile-result.ts";

const MIB = 1024 * 1024;

const measurements: Measurements = {
  cpuSeconds: 4.5,
  hostMemoryPeakBytes: 300 * MIB,
  memory: { sizeBytes: 200 * MIB, usedBytes: 40 * MIB, peakBytes: 60 * MIB },
  overlay: { sizeBytes: 128 * MIB, usedBytes: MIB, peakBytes: null },
  tmp: null,
  storage: { limitMib: 4, enforcement: "enforced", reason: "mounted by root" },
  volumes: [{ path: "/golem/output", bytes: 2 * MIB, isOverLimit: false }],
};

test("one profile is a table of what it took and had", () => {
  expect(formatTestResult(imageResult(profileResult({ measurements })))).toBe(
    [
      "runtime               system 6.1.0",
      "boot                  5000 ms until ready",
      "CPU time              4.5 s",
      "memory                60.0 MiB of 200.0 MiB",
      "memory of QEMU        300.0 MiB",
      "overlay               1.0 MiB at the end of 128.0 MiB",
      "volume /golem/output  2.0 MiB of 4 MiB",
      "volume limit          enforced: mounted by root",
    ].join("\n"),
  );
});

test("several profiles stand side by side, a VM that did not boot with its reason", () => {
  const stops = testResult({ name: "stops" });
  const result = imageResult(
    profileResult({ ...deadVm, profile: "v0.3" }),
    profileResult({ profile: "v0.4", ok: false, tests: [failedTest, stops] }),
    profileResult({
      profile: "documented",
      ok: false,
      failure: {
        kind: "vm",
        message: "The VM ended.",
        during: "stops",
        hint: null,
        details: null,
      },
    }),
    profileResult({ tests: [testResult(), stops], measurements: { ...measurements, volumes: [] } }),
  );
  expect(formatTestResult(result)).toBe(
    [
      "                v0.3          v0.4                 documented           v0.5",
      "starts          -             FAIL                 pass                 pass",
      "stops           -             pass                 ENDED                pass",
      "works           NO            NO                   NO                   yes",
      "runtime         system 6.1.0  system 6.1.0         system 6.1.0         system 6.1.0",
      "boot            -             5000 ms until ready  5000 ms until ready  5000 ms until ready",
      "CPU time        -             -                    -                    4.5 s",
      "memory          -             -                    -                    60.0 MiB of 200.0 MiB",
      "memory of QEMU  -             -                    -                    300.0 MiB",
      "overlay         -             -                    -                    1.0 MiB at the end of 128.0 MiB",
      "volume limit enforced: mounted by root",
      "v0.3: The VM ended: no /proc.",
      "documented: The VM ended.",
    ].join("\n"),
  );
});

test("the summary of one line tells on what the image works", () => {
  expect(describeTests(imageResult(profileResult()))).toBe("1 of 1 tests passed on v0.5 under TCG");
  expect(describeTests(imageResult(profileResult({ tests: [] })))).toBe(
    "booted on v0.5 under TCG; no tests, and no shell to try",
  );
  const old = profileResult({ profile: "v0.4", ok: false });
  expect(describeTests(imageResult(old, profileResult()))).toBe(
    "the image works on v0.5, not on v0.4",
  );
  expect(describeTests(imageResult(old, { ...old, profile: "v0.3" }))).toBe(
    "the image works on none, not on v0.4, v0.3",
  );
});
