import { execFileSync } from "node:child_process";
import { startQemu } from "../../../src/vm/qemu/process.ts";

const shell = (script: string) => ({ program: "/bin/sh", args: ["-c", script] });

/** Starts a program and waits for its first output on stdout. */
async function startUntilUp(script: string) {
  let onConsole = (_: Uint8Array) => {};
  const up = new Promise<string>((resolve) => {
    onConsole = (chunk) => resolve(Buffer.from(chunk).toString());
  });
  const qemu = await startQemu(shell(script), { onConsole: (chunk) => onConsole(chunk) });
  return { qemu, up: await up };
}

function isRunning(pid: number): boolean {
  return execFileSync("ps", ["-eo", "pid,stat"], { encoding: "utf8" })
    .split("\n")
    .some((line) => new RegExp(`^ *${pid} +[^Z]`).test(line));
}

test("its end is told with what it said, also when that is more than is kept", async () => {
  const qemu = await startQemu(shell("yes complaint | head -c 1000000 >&2; echo last >&2; exit 3"));
  const { exitCode, signal, stderr } = await qemu.ended;
  expect({ exitCode, signal }).toEqual({ exitCode: 3, signal: undefined });
  expect(stderr.endsWith("complaint\nlast\n")).toBe(true);
  expect(stderr.length).toBeLessThanOrEqual(64 * 1024);
  expect(qemu.hasEnded()).toBe(true);
});

test("one that ignores SIGTERM is ended, with what it has started", async () => {
  const { qemu, up } = await startUntilUp("trap '' TERM; sleep 1000 & echo $!; wait; sleep 1000");
  await qemu.kill();
  expect(await qemu.ended).toMatchObject({ exitCode: undefined, signal: "SIGKILL" });
  expect([Number(up), qemu.pid ?? 0].filter(isRunning)).toEqual([]);
  await qemu.kill();
});

test("something that holds its outputs open does not delay its end", async () => {
  const { qemu, up } = await startUntilUp("setsid sleep 1000 & echo $!; exit 5");
  try {
    expect(await qemu.ended).toMatchObject({ exitCode: 5 });
  } finally {
    process.kill(Number(up), "SIGKILL");
  }
});

test("one that cannot be started has ended with the reason", async () => {
  const qemu = await startQemu({ program: "/no/such/qemu", args: [] });
  const { exitCode, stderr } = await qemu.ended;
  expect(exitCode).not.toBe(0);
  expect(stderr).toContain("/no/such/qemu");
  await qemu.kill();
});
