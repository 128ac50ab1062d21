import type { TestOutcome } from "../checks/planned-test.ts";
import { causeOf, causeOfExplanation, causeOfWords } from "./causes.ts";
import { CURES, type Cure, type CureSubject } from "./cures.ts";
import type { GuestMachine } from "./guest-machine.ts";
import type { Cause } from "./parity-result.ts";

export interface CauseInput {
  /** Of the failed test. */
  readonly outcome: TestOutcome;
  readonly machine: GuestMachine;
  readonly subject: CureSubject;
  /** Takes the machine back to the state after its boot; false when it cannot. */
  readonly reset: () => Promise<boolean>;
  /** Runs the test again in a machine. */
  readonly again: (machine: GuestMachine) => Promise<TestOutcome>;
  /** Given in tests. */
  readonly cures?: readonly Cure[];
}

/**
 * Finds why a test fails in a VM: by what it says itself, then by trying one cure after the other, each in a fresh
 * state. The first with which it passes is the cause.
 *
 * @returns undefined when nothing explains it
 * @throws {VmError} when the VM ends
 */
export async function findCause(input: CauseInput): Promise<Cause | undefined> {
  const { outcome, machine, subject, reset, again, cures = CURES } = input;
  const said = outcome.explanation && causeOfExplanation(outcome.explanation);
  if (said && !isNote(said)) return said;
  const words = causeOfWords(textOf(outcome));
  if (words) return words;
  for (const cure of cures) {
    if (!(await reset())) break;
    const cured = await cure.apply(machine, subject);
    if (cured && (await again(cured)).problems.length === 0) {
      return causeOf(cure.id, `It passes ${cure.done}.`);
    }
  }
  return said;
}

/** Whether it is said of tests that pass, too: of a searched program, or of options without a meaning (GVM021). */
function isNote({ id, rule }: Cause): boolean {
  return id === "other" || rule === "GVM021";
}

function textOf({ problems, steps }: TestOutcome): string {
  return [...problems, ...steps.map(({ stderr }) => stderr.text)].join("\n");
}
