import { MissingToolError } from "../../src/errors.ts";
import { conventionalExitCode, runCommand } from "../../src/system/run-command.ts";

const node = (script: string) => ({ program: process.execPath, args: ["-e", script] });

test("a failing command is a result with its code and what it said", async () => {
  const result = await runCommand(
    node("console.log('out'); console.error('err'); process.exit(3)"),
  );
  expect(result).toMatchObject({ exitCode: 3, stdout: "out\n", stderr: "err\n" });
});

test("arguments are taken literally", async () => {
  const { stdout } = await runCommand({
    program: process.execPath,
    args: ["-e", "console.log(process.argv[1])", "$(id); `id` *"],
  });
  expect(stdout).toBe("$(id); `id` *\n");
});

test("a program that is not installed is named", async () => {
  await expect(runCommand({ program: "no-such-program", args: [] })).rejects.toThrow(
    MissingToolError,
  );
});

test("lines are told apart by stream as they come", async () => {
  const lines: string[] = [];
  await runCommand(node("console.log('a\\nb'); console.error('c')"), {
    onLine: (line, stream) => lines.push(`${stream}:${line}`),
  });
  expect(lines.sort()).toEqual(["stderr:c", "stdout:a", "stdout:b"]);
});

test("an aborted command is ended, and the reason is thrown", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const running = runCommand(node("console.log('up'); setInterval(() => {}, 1000)"), {
    signal: controller.signal,
    onLine: () => controller.abort(reason),
  });
  await expect(running).rejects.toBe(reason);
});

test("a killed command has the code that a shell would give it", async () => {
  const result = await runCommand(node("process.kill(process.pid, 'SIGKILL')"));
  expect(conventionalExitCode(result)).toBe(137);
});

test("a command that prints more than is kept runs to its end, and its last lines are there", async () => {
  const result = await runCommand(
    node(
      "const line = 'x'.repeat(999) + '\\n'; for (let i = 0; i < 40000; i++) process.stdout.write(line); process.stdout.write('the end')",
    ),
  );
  expect(result.exitCode).toBe(0);
  expect(result.stdout.length).toBeLessThan(20_000_000);
  expect(result.stdout.endsWith("the end")).toBe(true);
});

test("arguments that are too long are said to be", async () => {
  await expect(
    runCommand({ program: process.execPath, args: ["-e", "", "x".repeat(200_000)] }),
  ).rejects.toThrow("too long");
});
