import { DeadlineError, TestsFailedError, VmError } from "../../src/errors.ts";
import { assertTestsPassed } from "../../src/pipeline/assert-tests-passed.ts";
import type { ProfileResult } from "../../src/pipeline/profile-result.ts";
import { deadVm, failedTest, imageResult, profileResult } from "../support/profile-result.ts";

function thrownFor(...profiles: ProfileResult[]): unknown {
  try {
    assertTestsPassed(imageResult(...profiles));
  } catch (error) {
    return error;
  }
  return undefined;
}

const failed = profileResult({ profile: "v0.4", ok: false, tests: [failedTest] });
const dead = profileResult({ profile: "v0.3", ...deadVm });
const late = profileResult({
  ok: false,
  failure: { kind: "timeout", message: "Too long.", during: null, hint: null, details: null },
});

test("nothing is thrown when all is well", () => {
  expect(thrownFor(profileResult(), profileResult({ profile: "v0.4" }))).toBeUndefined();
});

test("under one profile the error is that of its VM, or of its first failed test", () => {
  expect(thrownFor(dead)).toMatchObject({
    kind: "vm",
    message: "The VM ended: no /proc.",
    hint: "Add it.",
    details: "the console",
  });
  expect(thrownFor(failed)).toMatchObject({
    kind: "test",
    message: '1 of 1 tests failed on profile v0.4; the first is "starts": exit code 1, expected 0.',
    hint: "Repeat it: golem-image test image.gvmi --profile v0.5 --only starts",
  });
});

test("under several the worst decides, and each is named", () => {
  expect(thrownFor(failed, dead, profileResult())).toMatchObject({
    constructor: VmError,
    message:
      "The image works on 1 of 3 profiles. " +
      '1 of 1 tests failed on profile v0.4; the first is "starts": exit code 1, expected 0. ' +
      "On profile v0.3: The VM ended: no /proc.",
    hint: "Add it.",
  });
  expect(thrownFor(failed, late)).toBeInstanceOf(DeadlineError);
  expect(thrownFor(late, dead)).toBeInstanceOf(VmError);
  expect(thrownFor(profileResult(), failed)).toBeInstanceOf(TestsFailedError);
});
