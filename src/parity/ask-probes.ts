import { runCommandStep } from "../checks/run-command-step.ts";
import { asMachine, type GuestMachine } from "./guest-machine.ts";
import type { Probe } from "./probes.ts";

const LIMITS = { timeoutMs: 15_000, outputLimitMib: 1 } as const;

/** As much of an answer as is shown. */
const SHOWN_CHARACTERS = 300;

/**
 * Asks all questions in one machine, which they change.
 *
 * @returns answers by the probes' ids
 * @throws {VmError} when the VM ends
 */
export async function askProbes(
  machine: GuestMachine,
  probes: readonly Probe[],
): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for (const { id, script, args, user, whenItFails } of probes) {
    const argv = ["/bin/sh", "-c", script, "sh", ...args] as const;
    const step = { argv, ...(user && { user }) };
    const { outcome } = await runCommandStep(asMachine(machine), step, LIMITS);
    const text = outcome.stdout.replaceAll(/\s+/g, " ").trim();
    answers.set(
      id,
      (text || whenItFails || (outcome.problem ?? failure(outcome))).slice(0, SHOWN_CHARACTERS),
    );
  }
  return answers;
}

function failure({
  stderr,
  exit,
}: {
  stderr: string;
  exit?: { exitCode?: number; couldNotStart?: string };
}): string {
  const said = stderr.replaceAll(/\s+/g, " ").trim();
  if (exit?.couldNotStart !== undefined) return `cannot start: ${exit.couldNotStart}`;
  return said || (exit?.exitCode === 0 ? "none" : `no (exit code ${exit?.exitCode ?? "unknown"})`);
}
