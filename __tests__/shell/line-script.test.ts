import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UsageError } from "../../src/errors.ts";
import { lineScript, makeMarker } from "../../src/shell/line-script.ts";
import {
  parseReportedState,
  type ReportedState,
  type ShellState,
  stateAfter,
} from "../../src/shell/shell-state.ts";
import { StateScanner } from "../../src/shell/state-scanner.ts";

/** This machine's own stand for the image's sh; Debian's and Ubuntu's is dash. */
const SHELLS = [["/bin/sh"], ["/bin/bash", "--posix"], ["/bin/busybox", "sh"]].filter(
  ([program = ""]) => existsSync(program),
);

describe.each(SHELLS.map((shell) => [shell.join(" "), shell] as const))("in %s", (_, shell) => {
  let directory: string;

  beforeAll(() => {
    directory = realpathSync(mkdtempSync(join(tmpdir(), "line script ")));
    mkdirSync(join(directory, "sub dir"));
  });

  afterAll(() => rmSync(directory, { recursive: true }));

  interface Ran {
    stdout: string;
    stderr: string;
    status: number | null;
    /** Undefined when the line's shell did not come to its end. */
    state: ReportedState | undefined;
  }

  function run(line: string, state: Partial<ShellState> = {}, status = 0): Ran {
    const marker = makeMarker();
    const script = lineScript(
      line,
      status,
      { directory, previousDirectory: "", exports: new Map(), unset: [], ...state },
      marker,
    );
    const result = spawnSync(shell[0] ?? "", [...shell.slice(1), "-c", script], {
      cwd: "/",
      env: { INHERITED: "1" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    const scanner = new StateScanner(marker);
    const stdout = `${Buffer.from(scanner.push(Buffer.from(result.stdout)))}${Buffer.from(scanner.end())}`;
    return {
      stdout,
      stderr: result.stderr,
      status: result.status,
      state: scanner.state === undefined ? undefined : parseReportedState(scanner.state),
    };
  }

  /** Runs lines one after the other, each where the one before has left off. */
  function session(...lines: string[]): Ran[] {
    const fresh = run(":").state;
    if (!fresh) throw new Error("a new shell reported no state");
    let state: ShellState | undefined;
    let status = 0;
    return lines.map((line) => {
      const ran = run(line, state, status);
      if (ran.state) state = stateAfter(ran.state, fresh);
      status = ran.status ?? 0;
      return ran;
    });
  }

  test("output and exit status are those of the line alone", () => {
    expect(run("echo out; echo error >&2; exit 3")).toMatchObject({
      stdout: "out\n",
      stderr: "error\n",
      status: 3,
    });
    expect(run("printf 'no newline'; false")).toMatchObject({ stdout: "no newline", status: 1 });
    expect(run("echo $# $1")).toMatchObject({ stdout: "0\n", stderr: "", status: 0 });
  });

  test("the working directory, cd - included, goes from line to line", () => {
    const lines = session(
      "cd 'sub dir'",
      "pwd",
      "cd - >/dev/null; cd /",
      "cd -",
      "cd ..; false",
      "pwd",
    );
    expect(lines.map(({ stdout }) => stdout)).toEqual([
      "",
      `${directory}/sub dir\n`,
      "",
      `${directory}\n`,
      "",
      `${join(directory, "..")}\n`,
    ]);
  });

  test("exported variables go from line to line with their exact values, and others do not", () => {
    const value = `it's "$x" \\ \`y\`\n\ttwo lines é`;
    const quoted = `'${value.replaceAll("'", "'\\''")}'`;
    const lines = session(`export A=${quoted}; B=b`, `printf %s "$A$B"`, "unset A", `echo "[$A]"`);
    expect(lines[1]?.stdout).toBe(value);
    expect(lines[3]?.stdout).toBe("[]\n");
  });

  test("a line's environment is what a new shell there would have", () => {
    const command = ["-c", `cd ${JSON.stringify(directory)}; unset OLDPWD; env`];
    const expected = spawnSync(shell[0] ?? "", [...shell.slice(1), ...command], {
      env: { INHERITED: "1" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    // Shells count themselves and name their last command.
    const lines = (text: string) => text.match(/^(?!SHLVL=|_=).+$/gm)?.sort();
    expect(lines(run("env").stdout)).toEqual(lines(expected.stdout));
  });

  test("what the image's environment sets can be unset and changed", () => {
    const lines = session("unset INHERITED", "echo [$INHERITED]", "export INHERITED=2", "env");
    expect(lines[1]?.stdout).toBe("[]\n");
    expect(lines[3]?.stdout).toMatch(/^INHERITED=2$/m);
  });

  test("$? is the status of the line before", () => {
    expect(session("exit 42", "echo $?", "echo $?").map(({ stdout }) => stdout)).toEqual([
      "",
      "42\n",
      "0\n",
    ]);
  });

  test("a line that exits, replaces its shell, or is no sh reports no state, and says why itself", () => {
    expect(run("cd /; exit 0").state).toBeUndefined();
    expect(run("exec true").state).toBeUndefined();
    const broken = run("if true; then");
    expect(broken.status).not.toBe(0);
    expect(broken.stderr).toMatch(/syntax|unexpected/i);
  });

  test("the state goes neither into files that the line redirects to nor into its trace", () => {
    const ran = run("exec >redirected; echo inside; cd /");
    expect(ran).toMatchObject({ stdout: "", stderr: "", state: { directory: "/" } });
    expect(readFileSync(join(directory, "redirected"), "utf8")).toBe("inside\n");
    const traced = run("set -x; :");
    // bash marks the depth of an eval by another +.
    expect(traced.stderr).toMatch(/^\++ :\n$/);
    expect(traced.state).toMatchObject({ directory });
  });

  test("a command in the background does not hold the state's way open", () => {
    expect(run("ls -l /proc/self/fd | grep -c '9 ->'").stdout).toBe("0\n");
  });

  test("a command that shows the script does not look like the state", () => {
    const ran = run("tr '\\0' '\\n' </proc/$$/cmdline; cd /");
    expect(ran.stdout).toContain("echo golem-image-");
    expect(ran.state).toMatchObject({ directory: "/" });
  });

  test("a directory that is gone is said, and the line runs in /", () => {
    const ran = run("pwd", { directory: "/no such directory" });
    expect(ran).toMatchObject({ stdout: "/\n", state: { directory: "/" } });
    expect(ran.stderr).toContain("there is no /no such directory");
  });

  test("a line longer than the kernel takes is refused with its size", () => {
    expect(() => run(`: ${"x".repeat(128 * 1024)}`)).toThrow(UsageError);
  });
});
