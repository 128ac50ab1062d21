import type { OutputText, StepResult, TestResult } from "./test-result.ts";

const MIB = 1024 * 1024;

/** Characters of all tests' outputs that one run holds; each may have two bytes in memory. */
const DEFAULT_TOTAL = 64 * MIB;

/** What is kept of an output beyond that. */
const SHORT_LENGTH = 4096;

/**
 * Bounds what a run of many tests holds of their outputs: when they are too much together, those of later tests are
 * shortened. Verdicts are made before, of the whole outputs.
 */
export class KeptOutputs {
  #left: number;

  /** @param total characters */
  constructor(total = DEFAULT_TOTAL) {
    this.#left = total;
  }

  /** The result as it is to be kept. */
  keep(result: TestResult): TestResult {
    return { ...result, steps: result.steps.map((step) => this.#keepStep(step)) };
  }

  #keepStep(step: StepResult): StepResult {
    return { ...step, stdout: this.#keepText(step.stdout), stderr: this.#keepText(step.stderr) };
  }

  #keepText(output: OutputText): OutputText {
    const { text } = output;
    if (text.length <= Math.max(SHORT_LENGTH, this.#left)) {
      this.#left = Math.max(0, this.#left - text.length);
      return output;
    }
    const mark = `\n[... ${text.length - SHORT_LENGTH} characters are left out: the run's tests printed too much together]\n`;
    // A copy: a slice would keep the whole text in memory.
    const kept = Buffer.from(text.slice(0, SHORT_LENGTH)).toString();
    return { text: kept + mark, truncated: true };
  }
}
