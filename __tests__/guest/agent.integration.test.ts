// Needs QEMU, a kernel with 9p, mksquashfs and busybox-static. Boots one VM.
import { createHash } from "node:crypto";
import type { AgentClient } from "../../src/vm/agent/client.ts";
import { startVm, type TestVm } from "../support/vm.ts";
import { finish, MIB, read, shell, startShell, untilGone } from "./shell.ts";

let vm: TestVm;
let client: AgentClient;

beforeAll(async () => {
  vm = await startVm({ profile: "v0.3" });
  client = vm.client;
});

afterAll(async () => {
  client?.close();
  await vm?.close();
});

/** Prints the numbers up to `count`, one a line, to stdout. */
const numbers = (count: number) => `seq 1 ${count}`;

function hashOfNumbers(count: number): string {
  const hash = createHash("sha256");
  for (let i = 1; i <= count; i++) hash.update(`${i}\n`);
  return hash.digest("hex");
}

const sha256 = (text: string) => createHash("sha256").update(text, "latin1").digest("hex");

test.each([4096, 65536, 262144])(
  "output larger than pipes of %d bytes arrives whole on both streams",
  async (pipeSize) => {
    const script = `${numbers(250_000)} & ${numbers(100_000)} >&2; wait`;
    const process = await startShell(client, script, {}, { pipeSize });
    const { end, stdout, stderr } = await finish(process);
    expect(end).toEqual({ exitCode: 0 });
    expect(sha256(stdout)).toBe(hashOfNumbers(250_000));
    expect(sha256(stderr)).toBe(hashOfNumbers(100_000));
  },
  30_000,
);

test("output that is pending when the process dies is not lost", async () => {
  const process = await startShell(
    client,
    `${numbers(5000)}; ${numbers(4000)} >&2; exit 3`,
    {},
    { pipeSize: 4096 },
  );
  // More than the agent's buffer holds, less than that and the pipe: the process ends by itself.
  expect(await process.ended).toEqual({ exitCode: 3 });
  const { stdout, stderr } = await finish(process);
  expect(sha256(stdout)).toBe(hashOfNumbers(5000));
  expect(sha256(stderr)).toBe(hashOfNumbers(4000));
});

test("a process whose output nobody takes waits, and goes on when it is taken", async () => {
  const process = await startShell(client, `${numbers(100_000)}; touch /tmp/done`);
  const output = process.stdout[Symbol.asyncIterator]();
  await output.next();
  // A whole other command runs meanwhile.
  expect(await shell(client, "ls /tmp/done 2>/dev/null || echo waiting")).toBe("waiting\n");
  while (!(await output.next()).done) {}
  expect(await process.ended).toEqual({ exitCode: 0 });
  expect(await shell(client, "ls /tmp/done")).toBe("/tmp/done\n");
});

test("a stream whose reading is broken off does not block the process", async () => {
  const process = await startShell(client, `${numbers(200_000)}; exit 4`);
  for await (const chunk of process.stdout) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
  expect(await process.ended).toEqual({ exitCode: 4 });
});

test("two processes at once keep their outputs apart", async () => {
  const both = ["a", "b"].map(async (letter) => {
    const script = `for i in $(seq 1 300); do echo ${letter}$i; echo ${letter}-$i >&2; done`;
    return finish(await startShell(client, script, {}, { pipeSize: 4096 }));
  });
  const [a, b] = await Promise.all(both);
  const lines = (prefix: string) =>
    Array.from({ length: 300 }, (_, i) => `${prefix}${i + 1}\n`).join("");
  expect(a).toEqual({ end: { exitCode: 0 }, stdout: lines("a"), stderr: lines("a-") });
  expect(b).toEqual({ end: { exitCode: 0 }, stdout: lines("b"), stderr: lines("b-") });
});

test("kill ends the process and what it started", async () => {
  const process = await startShell(client, "sleep 1000 & echo started; sleep 1000");
  const output = process.stdout[Symbol.asyncIterator]();
  expect(Buffer.from((await output.next()).value ?? []).toString()).toBe("started\n");
  await process.kill();
  expect(await process.ended).toEqual({ signal: 9, coreDumped: false });
  expect((await output.next()).done).toBe(true);
  await untilGone(client, "sleep");
  await process.kill();
});

test("an aborted run is killed", async () => {
  const controller = new AbortController();
  const process = await startShell(client, "exec sleep 1001", {}, { signal: controller.signal });
  controller.abort(new Error("long enough"));
  await expect(process.ended).rejects.toThrow("long enough");
  await expect(read(process.stdout)).rejects.toThrow("long enough");
  await untilGone(client, "sleep");
});

test("a signal is told by its number, an exit code as it is", async () => {
  expect((await finish(await startShell(client, "kill -TERM $$"))).end).toEqual({
    signal: 15,
    coreDumped: false,
  });
  expect((await finish(await startShell(client, "exit 255"))).end).toEqual({ exitCode: 255 });
});

test("something left in the background does not keep a command from ending", async () => {
  const process = await startShell(client, "sleep 1002 & echo parent");
  expect(await finish(process)).toEqual({ end: { exitCode: 0 }, stdout: "parent\n", stderr: "" });
  expect(await shell(client, "pidof sleep | wc -w; killall -9 sleep")).toBe("1\n");
  await untilGone(client, "sleep");
});

test("orphans that end leave no zombies", async () => {
  await shell(client, "for i in 1 2 3 4 5; do (sh -c 'sleep 0.05 & exit 0' &); done");
  await untilGone(client, "sleep");
  expect((await client.statistics()).processes).toBe(0);
});

test("a hundred processes one after the other leave nothing open in the agent", async () => {
  const count = "ls /proc/1/fd | wc -l";
  const before = await shell(client, count);
  for (let i = 0; i < 100; i++)
    await finish(await client.run({ bin: "/bin/true", argv: ["true"] }));
  expect(await shell(client, count)).toBe(before);
});

test("arguments, environment, directory and user reach the command as they are", async () => {
  const odd = ["a b", "", "$(touch /x)", "ü\n'\"\\", "-n", "x".repeat(100_000)];
  const script = 'for it; do printf "<%s>" "$it"; done; echo "$A $(pwd) $(id -u):$(id -g)" >&2';
  await shell(client, "chmod 755 /; mkdir -p '/tmp/a b'");
  const command = {
    argv: ["sh", "-c", script, "sh", ...odd],
    env: ["A=ü ="],
    cwd: "/tmp/a b",
    uid: 7,
    gid: 8,
  };
  const { stdout, stderr } = await finish(await client.run({ bin: "/bin/sh", ...command }));
  expect(Buffer.from(stdout, "latin1").toString()).toBe(odd.map((it) => `<${it}>`).join(""));
  expect(Buffer.from(stderr, "latin1").toString()).toBe("ü = /tmp/a b 7:8\n");
  await shell(client, "chmod 700 /");
});

test("what cannot be mounted or configured is refused with its reason", async () => {
  await expect(client.mountVolume("mnt9", "/data")).rejects.toThrow("ENOENT: no such file");
  await expect(client.mountVolume("mnt0", "relative")).rejects.toThrow("EINVAL");
  await expect(client.mountVolume("mnt0", "/etc/hosts/x")).rejects.toThrow("ENOTDIR");
  const settings = { interface: "vpn", address: "10.0.0.2", mask: "255.255.255.0" } as const;
  await expect(client.netCtl(settings)).rejects.toThrow("ENODEV");
  await expect(client.netHost([{ address: "10.0.0.2", name: "two words" }])).rejects.toThrow(
    "EINVAL",
  );
});

test("host names are added to /etc/hosts", async () => {
  const entries = [
    { address: "10.0.0.2", name: "db" },
    { address: "10.0.0.3", name: "api" },
  ];
  await client.netHost(entries);
  expect(await shell(client, "tail -n 2 /etc/hosts")).toBe("10.0.0.2\tdb\n10.0.0.3\tapi\n");
});

test("the overlay is full after 128 MiB, which the statistics show", async () => {
  const before = await client.statistics();
  const { end, stderr } = await finish(
    await startShell(client, "dd if=/dev/zero of=/big bs=1M count=200"),
  );
  expect(end).toEqual({ exitCode: 1 });
  expect(stderr).toContain("No space left on device");
  const full = await client.statistics();
  expect(full.overlayUsed).toBe(128 * MIB);
  expect(full.memoryAvailable).toBeLessThan(before.memoryAvailable - 100 * MIB);
  // Commands still run, as long as they need no room.
  await shell(client, "rm /big");
  const emptied = await client.statistics();
  expect(emptied.overlayUsed).toBeLessThan(2 * MIB);
  expect(emptied.overlayPeak).toBe(128 * MIB);
  expect(emptied.memoryPeak).toBeGreaterThanOrEqual(full.memoryTotal - full.memoryAvailable);
});

test("a file in /tmp that was removed before the command ended is in the statistics", async () => {
  const before = await client.statistics();
  await shell(client, "head -c 20971520 /dev/zero > /tmp/big; sleep 0.3; rm /tmp/big");
  const after = await client.statistics();
  expect(after.tmpUsed).toBe(before.tmpUsed);
  expect(after.tmpPeak - before.tmpUsed).toBe(20 * MIB);
});

test("the out-of-memory killer takes the largest command, never the agent", async () => {
  // Calls the killer by hand: until it comes by itself, a guest can crawl for half a minute.
  const script = `exec awk 'BEGIN {
    large = sprintf("%30000000s", 1)
    print "f" > "/proc/sysrq-trigger"; close("/proc/sysrq-trigger")
    system("exec sleep 1005")
  }'`;
  const { end } = await finish(await startShell(client, script));
  expect(end).toEqual({ signal: 9, coreDumped: false });
  expect(await shell(client, "cat /proc/1/oom_score_adj /proc/self/oom_score_adj")).toBe(
    "-1000\n0\n",
  );
  await shell(client, "killall -q -9 sleep || true");
  await untilGone(client, "sleep");
});

test("a new connection finds the same guest; then QUIT ends it", async () => {
  const left = await startShell(client, "echo unread; exec sleep 1003");
  client.close();
  await expect(left.ended).rejects.toThrow("closed");
  client = await vm.reconnect();
  expect(await shell(client, "pidof sleep | wc -w")).toBe("1\n");
  const pending = await startShell(client, "exec sleep 1004");
  await client.quit();
  await expect(pending.ended).rejects.toThrow("The VM ended while running /bin/sh.");
  await vm.ended;
  expect(await vm.console()).not.toContain("Kernel panic");
});
