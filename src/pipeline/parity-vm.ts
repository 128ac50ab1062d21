import type { PlannedTest, TestContext, TestOutcome } from "../checks/planned-test.ts";
import { machineOf } from "../checks/planned-test.ts";
import { askProbes } from "../parity/ask-probes.ts";
import { causeOfExplanation } from "../parity/causes.ts";
import type { CureSubject } from "../parity/cures.ts";
import { findCause } from "../parity/find-cause.ts";
import { asMachine } from "../parity/guest-machine.ts";
import type { Cause, SideResult } from "../parity/parity-result.ts";
import type { Probe } from "../parity/probe.ts";

export interface ParityInVmOptions {
  readonly subject: CureSubject;
  readonly probes: readonly Probe[];
  /** What Docker made of the tests, by their ids. */
  readonly docker: ReadonlyMap<string, SideResult> | undefined;
}

/** Tests that find out, when they fail in a VM, why; and the questions, as one more test. */
export class ParityInVm {
  /** By the tests' ids. */
  readonly causes = new Map<string, Cause>();
  /** By the probes' ids. */
  answers: ReadonlyMap<string, string> = new Map();
  readonly #options: ParityInVmOptions;

  constructor(options: ParityInVmOptions) {
    this.#options = options;
  }

  plan(tests: readonly PlannedTest[]): PlannedTest[] {
    const explained = tests.map((test) => this.#explaining(test));
    return this.#options.probes.length === 0 ? explained : [...explained, this.#questions()];
  }

  #questions(): PlannedTest {
    return {
      id: "parity:surroundings",
      name: "what commands meet",
      source: null,
      kind: "built-in",
      reach: "changes",
      run: async (context) => {
        this.answers = await askProbes(machineOf(context), this.#options.probes);
        return { problems: [], steps: [] };
      },
    };
  }

  #explaining(test: PlannedTest): PlannedTest {
    return {
      ...test,
      // Cures change the VM.
      reach: test.reach === "looks" ? "changes" : test.reach,
      run: async (context) => {
        const outcome = await test.run(context);
        if (outcome.problems.length > 0) await this.#explain(test, outcome, context);
        return outcome;
      },
    };
  }

  async #explain(test: PlannedTest, outcome: TestOutcome, context: TestContext): Promise<void> {
    const { docker, subject } = this.#options;
    const { machine } = context;
    if (docker?.get(test.id)?.verdict === "failed") return;
    const cause =
      machine === undefined || !machine.isOurs
        ? outcome.explanation && causeOfExplanation(outcome.explanation)
        : await findCause({
            outcome,
            machine,
            subject,
            reset: () => machine.reset(),
            again: (cured) => test.run({ ...context, machine: asMachine(cured) }),
          });
    if (cause) this.causes.set(test.id, cause);
  }
}
