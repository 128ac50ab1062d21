import {
  DeadlineError,
  type FailureContext,
  type GolemImageError,
  TestsFailedError,
  VmError,
} from "../errors.ts";
import type { ProfileResult, TestImageResult } from "./profile-result.ts";

/** From the worst on: a VM that does not work says more than a test that fails in it. */
const KINDS = ["vm", "timeout", "test"] as const;

interface Problem extends FailureContext {
  readonly kind: (typeof KINDS)[number];
  readonly profile: ProfileResult["profile"];
  readonly message: string;
}

/**
 * @throws {VmError} when the VM of one profile did not boot or live long enough
 * @throws {DeadlineError} when, if none of that, one took too long
 * @throws {TestsFailedError} when, if none of that, a test has failed
 */
export function assertTestsPassed(result: TestImageResult): void {
  const problems = result.profiles.flatMap(problemOf);
  const worst = KINDS.flatMap((kind) => problems.filter((problem) => problem.kind === kind))[0];
  if (!worst) return;
  throw makeError(worst.kind, messageOf(problems, result), {
    hint: worst.hint,
    details: worst.details,
  });
}

function problemOf({ profile, tests, failure }: ProfileResult): Problem[] {
  if (failure) {
    const { kind, message, hint, details } = failure;
    return [{ kind, profile, message, hint: hint ?? undefined, details: details ?? undefined }];
  }
  const failed = tests.filter((test) => !test.ok);
  const [first] = failed;
  if (!first) return [];
  return [
    {
      kind: "test",
      profile,
      message: `${failed.length} of ${tests.length} tests failed on profile ${profile}; the first is "${first.name}": ${first.message}.`,
      hint: [first.explanation?.text, `Repeat it: ${first.repeatCommand}`]
        .filter(Boolean)
        .join(" "),
    },
  ];
}

function messageOf(problems: readonly Problem[], { profiles }: TestImageResult): string {
  if (profiles.length === 1) return problems[0]?.message ?? "";
  const works = profiles.length - problems.length;
  return [
    `The image works on ${works} of ${profiles.length} profiles.`,
    ...problems.map(({ profile, kind, message }) =>
      kind === "test" ? message : `On profile ${profile}: ${message}`,
    ),
  ].join(" ");
}

function makeError(
  kind: Problem["kind"],
  message: string,
  context: FailureContext,
): GolemImageError {
  switch (kind) {
    case "vm":
      return new VmError(message, context);
    case "timeout":
      return new DeadlineError(message, context);
    case "test":
      return new TestsFailedError(message, context);
  }
}
