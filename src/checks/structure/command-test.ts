import type { FileView } from "../files/file-view.ts";
import { cutOf, judgeExit, judgeText } from "../judge.ts";
import { machineOf, type TestContext, type TestOutcome } from "../planned-test.ts";
import { DEFAULT_PATH, resolveProgram } from "../resolve-program.ts";
import { runCommandStep } from "../run-command-step.ts";
import type { CommandOutcome } from "../test-outcome.ts";
import type { Explanation, StepResult } from "../test-result.ts";
import { canSetVariables, withEnvironment } from "../with-environment.ts";
import { expandedVariables, expandVariables, variablesOf } from "./expand-variables.ts";
import { guestFiles } from "./guest-files.ts";
import type { Compatibility, StructureCommandTest, StructureFile } from "./schema.ts";
import { findUser, type GuestUser, homeOf } from "./user.ts";

/** A command test with what its file says for all of them. */
export interface CommandTestInput {
  readonly test: StructureCommandTest;
  readonly globals: StructureFile["globalEnvVars"];
  readonly options: StructureFile["containerRunOptions"];
  readonly compatibility: Compatibility;
}

/** What the commands of one test have in common. */
interface Run {
  readonly context: TestContext;
  readonly files: FileView;
  readonly user: GuestUser | undefined;
  /** Set for the command by the test, or from the image by strict compatibility. */
  readonly variables: ReadonlyMap<string, string>;
  /** The same for setup and teardown commands, for which the original expands the test's own, too. */
  readonly extraVariables: ReadonlyMap<string, string>;
  /** What `$NAME` in the command means. */
  readonly known: ReadonlyMap<string, string>;
  readonly steps: StepResult[];
  readonly notes: Set<string>;
}

/**
 * Runs setup commands, the command and teardown commands in the VM. There is no shell, as in the original; programs
 * without a path are searched for in the image's PATH, which a requestor cannot do.
 */
export async function runCommandTest(
  input: CommandTestInput,
  context: TestContext,
): Promise<TestOutcome> {
  const { test, options, compatibility } = input;
  const isStrict = compatibility === "strict";
  const files = guestFiles(context);
  const image = variablesOf(context.image.gvmi.env);
  const globals = expandedVariables(input.globals, image);
  const known = new Map([...image, ...globals]);
  const user = isStrict && options.user !== "" ? await findUser(files, options.user) : undefined;
  if (isStrict && options.user !== "" && user === undefined) {
    return {
      problems: [
        `the image has no user ${options.user}, as whom containerRunOptions has commands run`,
      ],
      steps: [],
    };
  }
  const base = isStrict ? [...(await containerVariables(files, user)), ...known] : [...globals];
  const run: Run = {
    context,
    files,
    user,
    variables: new Map([...base, ...pairs(test.envVars)]),
    extraVariables: new Map([...base, ...expandedVariables(test.envVars, known)]),
    known,
    steps: [],
    notes: new Set(meaninglessOptions(options, isStrict)),
  };
  for (const [index, argv] of test.setup.entries()) {
    const name = `setup ${index + 1}`;
    const problem = await runExtra(run, name, argv);
    if (problem !== undefined) return { problems: [`${name}: ${problem}`], steps: run.steps };
  }
  const problems = await runMain(run, test);
  for (const [index, argv] of test.teardown.entries()) {
    await runExtra(run, `teardown ${index + 1}`, argv);
  }
  const cause = problems.length > 0 ? await explainByEnvironment(run, test) : undefined;
  return { problems, steps: run.steps, explanation: cause ?? noteOf(run) };
}

/**
 * Its exit code is reported, and does not matter: as in the original.
 *
 * @returns why it did not run to its end
 */
async function runExtra(
  run: Run,
  name: string,
  argv: readonly string[],
): Promise<string | undefined> {
  const result = await runIn({ ...run, variables: run.extraVariables }, argv, name);
  if (!isRefusal(result)) return result.exit?.couldNotStart ?? result.problem;
  const nothing = { text: "", truncated: false };
  const rest = { exitCode: null, stdout: nothing, stderr: nothing, durationMs: 0 };
  run.steps.push({ name, command: argv, ...rest, message: result.refusal });
  return result.refusal;
}

async function runMain(run: Run, test: StructureCommandTest): Promise<string[]> {
  const argv = [test.command, ...test.args].map((word) => expandVariables(word, run.known));
  const result = await runIn(run, argv);
  return isRefusal(result) ? [result.refusal] : judge(test, result);
}

async function judge(test: StructureCommandTest, outcome: CommandOutcome): Promise<string[]> {
  if (outcome.exit === undefined) return [outcome.problem ?? "the command did not end"];
  const { stdout, stderr } = outcome;
  const [stdoutCut, stderrCut] = [cutOf(outcome, "stdout"), cutOf(outcome, "stderr")];
  const { expectedOutput, excludedOutput, expectedError, excludedError, exitCode } = test;
  return [
    ...(await judgeText("stdout", expectedOutput, stdout, stdoutCut, excludedOutput)),
    ...(await judgeText("stderr", expectedError, stderr, stderrCut, excludedError)),
    ...judgeExit(exitCode, outcome),
  ];
}

/** Why a command was not even tried. */
type Refusal = { readonly refusal: string };

function isRefusal(result: CommandOutcome | Refusal): result is Refusal {
  return "refusal" in result;
}

async function runIn(
  run: Run,
  words: readonly string[],
  name?: string,
): Promise<CommandOutcome | Refusal> {
  const { context, files, user } = run;
  const { gvmi } = context.image;
  const [program = "", ...args] = words;
  const resolved = await resolveProgram(files, program, {
    searchPath: run.variables.get("PATH") ?? variablesOf(gvmi.env).get("PATH"),
    workingDirectory: gvmi.workingDirectory,
  });
  if ("problem" in resolved) return { refusal: `cannot start the command: ${resolved.problem}` };
  if (resolved.isSearched) {
    run.notes.add(
      `${program} was searched for as a container's runtime does; on Golem a requestor has to give ${resolved.path}.`,
    );
  }
  const wrapped = await withEnvironment(files, [resolved.path, ...args], run.variables);
  if ("problem" in wrapped) return { refusal: wrapped.problem };
  // Or it would be a shell's error, or exit code 9 on some profiles.
  if ((await files.follow(resolved.path)) === undefined) {
    return { refusal: `cannot start the command: the VM has no ${resolved.path}` };
  }
  const step = { argv: wrapped.argv, ...(name !== undefined && { name }), ...(user && { user }) };
  const { outcome, step: result } = await runCommandStep(machineOf(context), step, context.limits);
  run.steps.push(result);
  return outcome;
}

/** Runs a failed command again with the image's ENV: when that helps, its absence is the reason. */
async function explainByEnvironment(
  run: Run,
  test: StructureCommandTest,
): Promise<Explanation | undefined> {
  const image = variablesOf(run.context.image.gvmi.env);
  const added = [...image].filter(([key]) => !run.variables.has(key));
  if (added.length === 0 || test.setup.length > 0) return undefined;
  const variables = new Map([...image, ...run.variables]);
  const again = { ...run, variables, steps: [], notes: new Set<string>() };
  if ((await runMain(again, test)).length > 0) return undefined;
  return {
    rule: "GVM003",
    text: `With the image's ENV (${added.map(([key]) => key).join(", ")}) the test passes. Golem's providers drop ENV: let the command set what it needs.`,
  };
}

function noteOf({ notes }: Run): Explanation | undefined {
  if (notes.size === 0) return undefined;
  const text = [...notes].join(" ");
  return text.includes("have no meaning") ? { rule: "GVM021", text } : { text };
}

/** @param hasUser whether commands are run as the user that is given */
function meaninglessOptions(
  options: StructureFile["containerRunOptions"],
  hasUser: boolean,
): string[] {
  const { user, privileged, allocateTty, capabilities, bindMounts, envFile, envVars } = options;
  const given = [
    ...(user === "" || hasUser ? [] : ["user"]),
    ...(privileged ? ["privileged"] : []),
    ...(allocateTty ? ["allocateTty"] : []),
    ...(capabilities.length > 0 ? ["capabilities"] : []),
    ...(bindMounts.length > 0 ? ["bindMounts"] : []),
    ...(envFile === "" ? [] : ["envFile"]),
    ...(envVars.length > 0 ? ["envVars"] : []),
  ];
  if (given.length === 0) return [];
  return [
    `The options ${given.join(", ")} of containerRunOptions have no meaning on Golem: every command runs as root with all capabilities, without a terminal, and with no environment.`,
  ];
}

/** What an engine sets besides the image's ENV, as far as programs of an image depend on it. */
async function containerVariables(
  files: FileView,
  user: GuestUser | undefined,
): Promise<(readonly [key: string, value: string])[]> {
  // An image without a shell and env can do without them.
  if (!(await canSetVariables(files))) return [];
  const home = await homeOf(files, user?.uid ?? 0);
  return [
    ["PATH", DEFAULT_PATH],
    ["HOME", home],
  ];
}

function pairs(
  variables: StructureFile["globalEnvVars"],
): (readonly [key: string, value: string])[] {
  return variables.map(({ key, value }) => [key, value] as const);
}
