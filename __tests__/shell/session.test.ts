import { tmpdir } from "node:os";
import { DeadlineError, type GolemImageError, UsageError, VmError } from "../../src/errors.ts";
import { chooseRunner } from "../../src/shell/choose-runner.ts";
import {
  ABANDONED,
  type LineSource,
  type PromptContent,
  runSession,
} from "../../src/shell/session.ts";
import { LocalMachine } from "./local-machine.ts";

const WORK = tmpdir();

interface Held {
  status: number;
  stdout: string;
  stderr: string;
  reported: GolemImageError[];
  prompts: PromptContent[];
  warning: string | undefined;
  mode: string;
}

type Line = string | typeof ABANDONED;

/** Holds a session; its errors get the status 99. */
async function hold(
  lines: readonly Line[],
  options: {
    machine?: LocalMachine;
    withoutShell?: boolean;
    stopOnError?: boolean;
    onOutput?: (text: string, source: LineSource) => void;
  } = {},
): Promise<Held> {
  const machine = options.machine ?? new LocalMachine(WORK);
  const output = { stdout: "", stderr: "" };
  const reported: GolemImageError[] = [];
  const prompts: PromptContent[] = [];
  const rest = [...lines];
  const source: LineSource = {
    onInterrupt: undefined,
    next: async (prompt) => {
      prompts.push(prompt);
      return rest.shift();
    },
  };
  const { runner, mode, warning } = await chooseRunner(machine, {
    workingDirectory: machine.workingDirectory,
    withoutShell: options.withoutShell === true,
    onOutput: (stream, chunk) => {
      output[stream] += Buffer.from(chunk).toString();
      options.onOutput?.(output[stream], source);
    },
  });
  const status = await runSession({
    machine,
    runner,
    lines: source,
    stopOnError: options.stopOnError === true,
    show: ({ kind }) => {
      output.stdout += `<${kind}>\n`;
    },
    explain: (error) => error,
    report: (error) => {
      reported.push(error);
      return 99;
    },
  });
  return { status, ...output, reported, prompts, warning, mode };
}

test("a failing line does not end the session, whose status is that of the last one", async () => {
  const held = await hold(["exit 3;:", "echo $?", "false"]);
  expect(held).toMatchObject({ status: 1, stdout: "3\n", stderr: "", mode: "shell" });
  expect(held.prompts.map(({ status }) => status)).toEqual([0, 3, 0, 1]);
});

test("unless the first failure is to end it", async () => {
  const held = await hold(["echo one", "(exit 3)", "echo two"], { stopOnError: true });
  expect(held).toMatchObject({ status: 3, stdout: "one\n" });
});

test("blank lines and comments do nothing, and keep the status", async () => {
  expect(await hold(["false", "", "   ", "# comment", "echo $?"])).toMatchObject({
    stdout: "1\n",
  });
  expect(await hold([])).toMatchObject({ status: 0, stdout: "" });
});

test.each([
  [["false", "exit", "echo not reached"], 1],
  [["exit 5", "echo not reached"], 5],
  [["false", "!exit 0", "echo not reached"], 0],
])("%j ends the session with %d", async (lines, status) => {
  expect(await hold(lines)).toMatchObject({ status, stdout: "" });
});

test("a backslash at the end goes on in the next line, as in sh", async () => {
  const held = await hold(["echo a \\", "b", "echo 'c\\\\'"]);
  expect(held.stdout).toBe("a b\nc\\\n");
  expect(held.prompts.map(({ isContinued }) => isContinued)).toEqual([
    ...[false, true, false, false],
  ]);
});

test("requests are the session's own, and wrong ones are explained", async () => {
  const held = await hold(["!help", "!volumes", "!put one", "!frobnicate", "! false", "!exit 300"]);
  expect(held.stdout).toBe("<help>\n<volumes>\n");
  expect(held.reported.map((error) => error instanceof UsageError)).toEqual([true, true, true]);
  expect(held.reported.map(({ message, hint }) => `${message} ${hint}`)).toEqual([
    expect.stringContaining("!put HOST GUEST"),
    expect.stringContaining("!volumes"),
    expect.stringContaining("300"),
  ]);
  expect(held.status).toBe(99);
});

test("the prompt's directory follows cd", async () => {
  const held = await hold(["cd /", "pwd"]);
  expect(held.prompts.map(({ directory }) => directory)).toEqual([WORK, "/", "/"]);
});

test("an interruption ends the command and not the session; what it changed is lost", async () => {
  const held = await hold(["cd /; echo started; sleep 1000", "echo $?", "pwd"], {
    onOutput: (text, source) => {
      if (text === "started\n") source.onInterrupt?.();
    },
  });
  expect(held).toMatchObject({ status: 0, stdout: `started\n130\n${WORK}\n`, reported: [] });
});

test("a line that is given up while it is typed is not run", async () => {
  const held = await hold(["echo a \\", ABANDONED, "echo $?"]);
  expect(held.stdout).toBe("130\n");
});

test("a VM that has ended ends the session", async () => {
  const machine = new LocalMachine(WORK);
  const ended = new VmError("The VM ended.");
  const run = machine.run.bind(machine);
  machine.run = async (command) => {
    if (!command.argv[2]?.includes("last words")) return run(command);
    machine.hasEnded = true;
    throw ended;
  };
  await expect(hold(["echo last words", "echo not reached"], { machine })).rejects.toBe(ended);
});

describe("an image without a shell", () => {
  const noShell = (hidesStartErrors = false) =>
    new LocalMachine(WORK, (program) => program !== "/bin/sh", hidesStartErrors);

  test.each([false, true])(
    "is used by the words of its lines (errors hidden: %j)",
    async (hides) => {
      const held = await hold(["/bin/echo 'a  b' $HOME *", "/bin/pwd"], {
        machine: noShell(hides),
      });
      expect(held).toMatchObject({ stdout: `a  b $HOME *\n${WORK}\n`, mode: "exec", status: 0 });
      expect(held.warning).toContain("No /bin/sh");
    },
  );

  test("needs absolute paths, and says so", async () => {
    const held = await hold(["echo", "/bin/echo 'open"], { machine: noShell() });
    expect(held.reported.map(({ message }) => message)).toEqual([
      expect.stringContaining('absolute path of a program in the image, not "echo"'),
      expect.stringContaining("A quote has no end"),
    ]);
  });
});

test("with a shell, lines are commands when asked for, and nothing is tried first", async () => {
  const machine = new LocalMachine(WORK);
  const held = await hold(["/bin/echo $?"], { machine, withoutShell: true });
  expect(held).toMatchObject({ stdout: "$?\n", mode: "exec", warning: undefined });
  expect(machine.commands).toHaveLength(1);
});

test.each([false, true])(
  "a working directory that cannot be entered is said, and the session begins in / (errors hidden: %j)",
  async (hides) => {
    const machine = new LocalMachine("/hidden", (_, directory) => directory !== "/hidden", hides);
    const held = await hold(["pwd"], { machine });
    expect(held).toMatchObject({ stdout: "/\n", mode: "shell" });
    expect(held.warning).toContain("no command of this image would start");
  },
);

test("a time limit is said of the line as it was typed, and the session goes on", async () => {
  const machine = new LocalMachine(WORK);
  const run = machine.run.bind(machine);
  machine.run = async (command) => {
    if (!command.argv[2]?.includes("sleep")) return run(command);
    throw new DeadlineError("The command ... did not end.");
  };
  const held = await hold(["sleep 'a while'", "echo $?"], { machine });
  expect(held.reported[0]?.message).toContain(`"sleep 'a while'" did not end`);
  expect(held).toMatchObject({ status: 0, stdout: "99\n" });
});
