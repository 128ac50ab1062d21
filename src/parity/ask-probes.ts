import { runCommandStep } from "../checks/run-command-step.ts";
import type { CommandOutcome } from "../checks/test-outcome.ts";
import { asMachine, type GuestMachine } from "./guest-machine.ts";
import type { Probe } from "./probe.ts";

const LIMITS = { timeoutMs: 15_000, outputLimitMib: 1 } as const;

const ROOT = { uid: 0, gid: 0 };

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
  for (const probe of probes) {
    answers.set(probe.id, (await ask(machine, probe)).slice(0, SHOWN_CHARACTERS));
  }
  return answers;
}

async function ask(machine: GuestMachine, probe: Probe): Promise<string> {
  const { script, prepare, user, whenItFails } = probe;
  if (prepare !== undefined) {
    const { stdout } = await run(machine, probe, prepare, ROOT);
    if (stdout !== "") return oneLine(stdout);
  }
  const outcome = await run(machine, probe, script, user);
  return oneLine(outcome.stdout) || whenItFails || (outcome.problem ?? failure(outcome));
}

async function run(
  machine: GuestMachine,
  { args, timeoutMs }: Probe,
  script: string,
  user: Probe["user"],
): Promise<CommandOutcome> {
  const argv = ["/bin/sh", "-c", script, "sh", ...args] as const;
  const step = { argv, timeoutMs, ...(user && { user }) };
  return (await runCommandStep(asMachine(machine), step, LIMITS)).outcome;
}

function failure({ stderr, exit }: CommandOutcome): string {
  if (exit?.couldNotStart !== undefined) return `cannot start: ${exit.couldNotStart}`;
  const status = exit?.exitCode === 0 ? "none" : `no (exit code ${exit?.exitCode ?? "unknown"})`;
  return oneLine(stderr) || status;
}

function oneLine(output: string): string {
  return output.replaceAll(/\s+/g, " ").trim();
}
