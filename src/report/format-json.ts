import type { OutputText, StepResult } from "../checks/test-result.ts";
import type { TestImageResult } from "../pipeline/profile-result.ts";
import { clipText } from "./text-budget.ts";

/** A string can have about 512 Mi characters, and one of a guest can become six in JSON. */
const TOTAL_CHARACTERS = 64 * 1024 * 1024;

/**
 * A run for programs. Outputs that together are more than one text can hold are cut to an equal part of it each, and
 * marked as `truncated`.
 */
export function formatJson(result: TestImageResult, total = TOTAL_CHARACTERS): string {
  const outputs = result.profiles.flatMap(({ tests }) =>
    tests.flatMap(({ steps }) => steps.flatMap(({ stdout, stderr }) => [stdout, stderr])),
  );
  const characters = outputs.reduce((sum, { text }) => sum + text.length, 0);
  const fitting = characters > total ? withOutputsOf(result, total / outputs.length) : result;
  return `${JSON.stringify(fitting, null, 2)}\n`;
}

function withOutputsOf(result: TestImageResult, limit: number): TestImageResult {
  const clip = (output: OutputText): OutputText =>
    output.text.length > limit ? { text: clipText(output.text, limit), truncated: true } : output;
  const clipStep = (step: StepResult): StepResult => ({
    ...step,
    stdout: clip(step.stdout),
    stderr: clip(step.stderr),
  });
  return {
    ...result,
    profiles: result.profiles.map((profile) => ({
      ...profile,
      tests: profile.tests.map((test) => ({ ...test, steps: test.steps.map(clipStep) })),
    })),
  };
}
