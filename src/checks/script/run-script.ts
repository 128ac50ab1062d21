import { isAbsolute, join } from "node:path";
import { fileURLToPath } from "node:url";
import { asClause, GolemImageError, UsageError } from "../../errors.ts";
import { getFile, putFile } from "../../vm/transfer.ts";
import type { VirtualMachine } from "../../vm/virtual-machine.ts";
import { hintOf } from "../hint-of.ts";
import { conventionalGuestExitCode, describeStartFailure } from "../judge.ts";
import { machineOf, type TestContext, type TestOutcome } from "../planned-test.ts";
import { runCommandStep, silentStep } from "../run-command-step.ts";
import type { Explanation, StepResult } from "../test-result.ts";
import type { ScriptCommand } from "./schema.ts";

/** How far an activity has come: transfers need it deployed, commands need it started. */
type State = "new" | "deployed" | "started" | "terminated";

interface Run {
  readonly machine: VirtualMachine;
  readonly context: TestContext;
  /** What relative `file:` URLs are relative to. */
  readonly directory: string;
  readonly timeoutMs: number | undefined;
  readonly steps: StepResult[];
  state: State;
  /** What to do about a transfer that failed. */
  explanation: Explanation | undefined;
}

/**
 * Runs an exe-script as a provider does: in order, until a command fails. The VM is booted already; deploy and
 * start only have to come at their place.
 */
export async function runScript(
  commands: readonly ScriptCommand[],
  options: { readonly directory: string; readonly timeoutMs: number | undefined },
  context: TestContext,
): Promise<TestOutcome> {
  const run: Run = {
    machine: machineOf(context),
    context,
    ...options,
    steps: [],
    state: "new",
    explanation: undefined,
  };
  for (const [index, command] of commands.entries()) {
    const problem = await runScriptCommand(run, command);
    if (problem !== undefined) {
      const [name] = Object.keys(command);
      const left = commands.length - index - 1;
      const after = left === 1 ? "command after it is" : `${left} commands after it are`;
      const rest = left === 0 ? "" : `; the ${after} not run`;
      const problems = [`command ${index + 1} (${name}): ${problem}${rest}`];
      return { problems, steps: run.steps, explanation: run.explanation };
    }
  }
  return { problems: [], steps: run.steps };
}

async function runScriptCommand(run: Run, command: ScriptCommand): Promise<string | undefined> {
  if (command.run) return runProcess(run, command.run);
  const started = performance.now();
  const [name = ""] = Object.keys(command);
  const problem =
    stateProblem(run, command) ??
    (command.transfer ? await runTransfer(run, command.transfer) : undefined);
  run.steps.push(silentStep(name, performance.now() - started, problem));
  return problem;
}

function stateProblem(run: Run, command: ScriptCommand): string | undefined {
  const { state } = run;
  if (state === "terminated") return "the activity is terminated already";
  if ("terminate" in command) run.state = "terminated";
  if (command.deploy) {
    if (state !== "new") return "the activity is deployed already";
    run.state = "deployed";
  }
  if (command.start) {
    if (state === "new") return "the activity is not deployed yet: deploy comes first";
    if (state === "started") return "the activity is started already";
    run.state = "started";
  }
  if (command.transfer && state === "new") {
    return "the activity is not deployed yet: deploy comes first";
  }
  return undefined;
}

async function runProcess(
  run: Run,
  { entry_point, args }: NonNullable<ScriptCommand["run"]>,
): Promise<string | undefined> {
  if (run.state !== "started") {
    const problem = `the activity is ${run.state}, not started: deploy and start come first`;
    run.steps.push({ ...silentStep("run", 0, problem), command: [entry_point, ...args] });
    return problem;
  }
  const { outcome, step } = await runCommandStep(
    run.machine,
    { name: "run", argv: [entry_point, ...args], timeoutMs: run.timeoutMs },
    run.context.limits,
  );
  const problem = outcome.exit ? describeEnd(outcome.exit) : outcome.problem;
  run.steps.push({ ...step, message: problem ?? "" });
  return problem;
}

function describeEnd(exit: Parameters<typeof conventionalGuestExitCode>[0]): string | undefined {
  if (exit.couldNotStart !== undefined) return describeStartFailure(exit.couldNotStart);
  const code = conventionalGuestExitCode(exit);
  return code === 0 ? undefined : `the command exited with code ${code}`;
}

async function runTransfer(
  run: Run,
  { from, to }: NonNullable<ScriptCommand["transfer"]>,
): Promise<string | undefined> {
  const { machine, directory } = run;
  try {
    const [source, target] = [place(from, directory), place(to, directory)];
    const { signal } = machine;
    if (source.kind === "file") {
      await putFile(machine.volumes, source.path, target.path, signal);
    } else {
      await getFile(machine.volumes, source.path, target.path, signal);
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof GolemImageError) || !machine.isUsable()) throw error;
    run.explanation = hintOf(error);
    return asClause(error);
  }
}

interface Place {
  readonly kind: "container" | "file";
  readonly path: string;
}

/** `container:/path`, and `file:///path` or `file:path`. */
function place(url: string, directory: string): Place {
  const path = url.slice(url.indexOf(":") + 1);
  if (url.startsWith("container:")) return { kind: "container", path };
  if (path.startsWith("//")) return { kind: "file", path: filePath(url) };
  return { kind: "file", path: isAbsolute(path) ? path : join(directory, path) };
}

function filePath(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new UsageError(`Invalid URL: ${url}. It must be like file:///path, without a host.`, {
      cause: error,
    });
  }
}
