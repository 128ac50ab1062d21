import { judgeCommand, judgeText } from "../../src/checks/judge.ts";
import type { CommandOutcome } from "../../src/checks/test-outcome.ts";
import type { GuestExit } from "../../src/vm/guest-command.ts";

const expected = { exitCode: 0, stdout: [], stderr: [], files: [] };
const outcome = (
  exit: Omit<GuestExit, "durationMs">,
  output: { stdout?: string; stderr?: string } = {},
): CommandOutcome => ({ exit: { durationMs: 1, ...exit }, stdout: "", stderr: "", ...output });

test("a command that does what is expected has no problems", async () => {
  const problems = await judgeCommand(
    { ...expected, exitCode: 3, stdout: ["^a.c$"], stderr: ["warn"] },
    outcome({ exitCode: 3 }, { stdout: "abc", stderr: "warning\n" }),
  );
  expect(problems).toEqual([]);
});

test("a wrong exit code comes with what the command said", async () => {
  const problems = await judgeCommand(
    expected,
    outcome({ exitCode: 1 }, { stderr: "ls: /x: No such file or directory\n" }),
  );
  expect(problems).toEqual([
    'exit code 1, expected 0; stderr: "ls: /x: No such file or directory\\n"',
  ]);
});

test("each pattern that is not found is a problem of its own", async () => {
  const problems = await judgeCommand(
    { ...expected, stdout: ["yes", "no"], stderr: ["err"] },
    outcome({ exitCode: 0 }, { stdout: "yes" }),
  );
  expect(problems).toEqual([
    'stdout does not match /no/; it is "yes"',
    "stderr does not match /err/; it is empty",
  ]);
});

test("a command that could not start is told with the reason", async () => {
  const couldNotStart = "the image has no /bin/missing";
  expect(await judgeCommand(expected, outcome({ exitCode: 9, couldNotStart }))).toEqual([
    expect.stringMatching(/^exit code 9 and no output.*could not start: .* \/bin\/missing$/),
  ]);
});

test("a command that ends with 9 itself is like any other", async () => {
  expect(await judgeCommand(expected, outcome({ exitCode: 9 }))).toEqual([
    "exit code 9, expected 0",
  ]);
});

test("a killed command is expected as 128 + the signal, as a shell says it", async () => {
  expect(await judgeCommand(expected, outcome({ signal: 9 }))).toEqual([
    "killed by signal 9, expected exit code 0",
  ]);
  expect(await judgeCommand({ ...expected, exitCode: 137 }, outcome({ signal: 9 }))).toEqual([]);
});

test("a pattern that may be in what was not kept is told as such", async () => {
  const problems = await judgeCommand(
    { ...expected, stdout: ["end"], stderr: ["end"] },
    { ...outcome({ exitCode: 0 }, { stdout: "beginning", stderr: "" }), cut: ["stdout"] },
  );
  expect(problems).toEqual([
    'stdout does not match /end/; it is "beginning", and only its beginning was kept (vm.outputLimit)',
    "stderr does not match /end/; it is empty",
  ]);
});

test("an excluded pattern that may be in what was not kept does not pass", async () => {
  const judged = (cut?: string) => judgeText("stdout", [], "beginning", cut, ["end", "begin"]);
  expect(await judged("only its beginning was kept")).toEqual([
    "whether stdout matches /end/, which is excluded, is not known: only its beginning was kept",
    'stdout matches /begin/, which is excluded; it is "beginning"',
  ]);
  expect(await judged()).toHaveLength(1);
});

test("a long output is cut in messages", async () => {
  const [problem] = await judgeText("stdout", ["x"], "a".repeat(100_000));
  expect(problem?.length).toBeLessThan(1000);
});
