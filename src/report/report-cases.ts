import type { Explanation, StepResult, TestResult, Verdict } from "../checks/test-result.ts";
import type { ProfileResult } from "../pipeline/profile-result.ts";

/** One line of a report: a test, or what is wrong with a VM apart from the tests. */
export interface ReportCase {
  readonly name: string;
  readonly verdict: Verdict;
  /** Null for what is wrong with a VM while no test ran. */
  readonly test: TestResult | null;
  /** Why it failed, was skipped or is flaky; empty when it passed. */
  readonly message: string;
  readonly explanation: Explanation | null;
  /** What to do next. */
  readonly hint: string | null;
  /** Evidence, such as the console's last lines. */
  readonly details: string | null;
  readonly durationMs: number;
  readonly repeatCommand: string;
}

/** The name of the case that stands for a VM that did not boot, ended, or took too much. */
export const VM_CASE = "the VM boots and lives";

/** Everything that has a verdict under a profile. A failed profile has a failed case. */
export function casesOf(profile: ProfileResult): ReportCase[] {
  const { tests, failure } = profile;
  const during = tests.find(({ name, ok }) => !ok && name === failure?.during);
  const cases = tests.map((test): ReportCase => {
    const end = test === during ? failure : null;
    return {
      name: test.name,
      verdict: test.verdict,
      test,
      message: test.message,
      explanation: test.explanation ?? null,
      hint: end?.hint ?? null,
      details: end?.details ?? null,
      durationMs: test.durationMs,
      repeatCommand: test.repeatCommand,
    };
  });
  if (!failure || during) return cases;
  const { message, hint, details } = failure;
  const place = failure.during === null ? "" : ` (during "${failure.during}")`;
  const ownCase: ReportCase = {
    name: VM_CASE,
    verdict: "failed",
    test: null,
    message: `${message}${place}`,
    explanation: null,
    hint,
    details,
    durationMs: 0,
    repeatCommand: profile.repeatCommand,
  };
  return [...cases, ownCase];
}

export function countVerdicts(cases: readonly ReportCase[]): Record<Verdict, number> {
  const counts = { passed: 0, failed: 0, skipped: 0, flaky: 0 };
  for (const { verdict } of cases) counts[verdict] += 1;
  return counts;
}

/** Why a case is as it is, in full: the message, why that is so on Golem, evidence, what to do next. */
export function reasonsOf({ message, explanation, hint, details }: ReportCase): string[] {
  const rule = explanation?.rule === undefined ? "" : ` (${explanation.rule})`;
  return [
    message,
    explanation ? `${explanation.text}${rule}` : "",
    details ?? "",
    hint ?? "",
  ].filter((text) => text !== "");
}

/** A step as a person calls it. */
export function titleOf({ name, command, instance }: StepResult): string {
  const place = instance === undefined ? "" : `${instance}: `;
  return `${place}${name ?? command.join(" ")}`;
}
