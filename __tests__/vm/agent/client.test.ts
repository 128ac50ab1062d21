import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VmError } from "../../../src/errors.ts";
import { AgentClient, type RunningProcess } from "../../../src/vm/agent/client.ts";
import { AgentRequestError } from "../../../src/vm/agent/errors.ts";
import { RequestType } from "../../../src/vm/agent/protocol.ts";
import {
  bytes,
  error,
  FakeAgent,
  header,
  number,
  ok,
  outputAvailable,
  processDied,
  type ReceivedRequest,
  u64,
} from "./fake-agent.ts";

const ESRCH = 3;
const PIPE_SIZE = 4096;

let directory: string;
let agent: FakeAgent;
let client: AgentClient;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "gi-"));
  agent = await FakeAgent.listen(join(directory, "s"));
  client = await AgentClient.connect(agent.socketPath, { signal: new AbortController().signal });
});

afterEach(async () => {
  client.close();
  await agent.close();
  await rm(directory, { recursive: true });
});

/** Lets the agent answer requests of each type in turn; the last answer serves all that follow. */
function answer(
  answers: Partial<Record<number, ((request: ReceivedRequest) => Buffer[])[]>>,
): void {
  agent.onRequest = (request) => {
    const queue = answers[request.type] ?? [];
    const next = queue.length > 1 ? queue.shift() : queue[0];
    if (next) agent.send(...next(request));
  };
}

const started = ({ id }: ReceivedRequest) => [number(id, 5n)];
const forgotten = ({ id }: ReceivedRequest) => [error(id, ESRCH)];

function run(options: { signal?: AbortSignal } = {}): Promise<RunningProcess> {
  return client.run({ bin: "/bin/x", argv: ["x"] }, { pipeSize: PIPE_SIZE, ...options });
}

async function textOf(output: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of output) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function queriesOf(fd: number): number {
  return agent.requests.filter((it) => it.type === RequestType.queryOutput && it.frame[19] === fd)
    .length;
}

test("the guest is ready when it answers, even though what is asked for does not exist", async () => {
  answer({ [RequestType.queryOutput]: [forgotten] });
  await client.waitUntilReady();
  expect(agent.requests.map(({ type }) => type)).toEqual([RequestType.queryOutput]);
});

describe("faults on the wire", () => {
  test("a refusal carries the guest's errno by name and text", async () => {
    answer({ [RequestType.mountVolume]: [({ id }) => [error(id, 2)]] });
    const refusal = await client.mountVolume("mnt0", "/data").catch((it) => it);
    expect(refusal).toBeInstanceOf(AgentRequestError);
    expect(refusal).toBeInstanceOf(VmError);
    expect(refusal.code).toBe("ENOENT");
    expect(refusal.message).toBe(
      "The VM failed at mounting the volume mnt0 at /data: ENOENT: no such file or directory.",
    );
  });

  test("a claim of 2^64-1 bytes ends the connection with the reason", async () => {
    answer({ [RequestType.guestStatistics]: [({ id }) => [header(id, 2), u64(2n ** 64n - 1n)]] });
    await expect(client.statistics()).rejects.toThrow("claims 18446744073709551615 bytes");
    await expect(client.quit()).rejects.toThrow(VmError);
  });

  test("a VM that ends within an answer", async () => {
    agent.onRequest = ({ id }) => {
      agent.send(ok(id).subarray(0, 8));
      agent.hangUp();
    };
    await expect(client.mountVolume("mnt0", "/data")).rejects.toThrow(
      "The VM ended within an answer, while mounting the volume mnt0 at /data.",
    );
  });

  test("an answer to nothing", async () => {
    agent.onRequest = () => agent.send(ok(99n));
    await expect(client.quit()).rejects.toThrow("an answer to request 99, which was not asked");
  });

  test("an answer of the wrong type, after which the connection still works", async () => {
    answer({
      [RequestType.quit]: [({ id }) => [number(id, 1n)], ({ id }) => [ok(id)]],
    });
    await expect(client.quit()).rejects.toThrow("broke the protocol");
    await client.quit();
  });

  test.each([
    ["a word instead of a number", "memory_total lots\n"],
    ["a missing key", "memory_total 1\n"],
    ["too large a number", `memory_total ${"9".repeat(40)}\n`],
  ])("statistics with %s", async (_, content) => {
    answer({ [RequestType.guestStatistics]: [({ id }) => [bytes(id, content)]] });
    await expect(client.statistics()).rejects.toThrow("broke the protocol: guest statistics");
  });

  test("more output than was asked for", async () => {
    answer({
      [RequestType.runProcess]: [(it) => [...started(it), outputAvailable(5n, 1)]],
      [RequestType.queryOutput]: [({ id }) => [bytes(id, Buffer.alloc(PIPE_SIZE + 1))]],
    });
    const process = await run();
    await expect(textOf(process.stdout)).rejects.toThrow("more output than was asked for");
  });

  test("notifications about unknown processes are ignored", async () => {
    const flood = Array.from({ length: 2000 }, () => outputAvailable(1n, 1));
    agent.onRequest = ({ id }) => agent.send(...flood, processDied(2n, 0, 0), ok(id));
    await client.quit();
  });

  test("a flood of notifications while a process starts does not grow memory", async () => {
    agent.onRequest = () => {
      for (let i = 0; i < 2000; i++) agent.send(outputAvailable(77n, 1));
    };
    await expect(run()).rejects.toThrow("too many notifications");
  });
});

describe("a process", () => {
  test("whose notifications come before the answer that starts it", async () => {
    answer({
      [RequestType.runProcess]: [
        (it) => [outputAvailable(5n, 1), processDied(5n, 3, 0), ...started(it)],
      ],
      [RequestType.queryOutput]: [({ id }) => [bytes(id, "out")], forgotten],
    });
    const process = await run();
    expect(await process.ended).toEqual({ exitCode: 3 });
    expect(await textOf(process.stdout)).toBe("out");
    expect(await textOf(process.stderr)).toBe("");
  });

  test("whose last output the guest has not read yet when it dies", async () => {
    answer({
      [RequestType.runProcess]: [(it) => [...started(it), processDied(5n, 0, 0)]],
      [RequestType.queryOutput]: [
        ({ id }) => [bytes(id, ""), outputAvailable(5n, 1)],
        ({ id }) => [bytes(id, "late")],
        ({ id }) => [bytes(id, "")],
        forgotten,
      ],
    });
    expect(await textOf((await run()).stdout)).toBe("late");
  });

  test("that left something behind which holds its output does not wait for that", async () => {
    answer({
      [RequestType.runProcess]: [(it) => [...started(it), processDied(5n, 0, 0)]],
      [RequestType.queryOutput]: [({ id }) => [bytes(id, "own")], ({ id }) => [bytes(id, "")]],
    });
    expect(await textOf((await run()).stdout)).toBe("own");
  });

  test("that left something behind which writes for ever does not wait for that either", async () => {
    answer({
      [RequestType.runProcess]: [(it) => [...started(it), processDied(5n, 0, 0)]],
      [RequestType.queryOutput]: [({ id }) => [bytes(id, Buffer.alloc(PIPE_SIZE - 1))]],
    });
    const text = await textOf((await run()).stdout);
    expect(text.length).toBeGreaterThan(64 * 1024);
    expect(text.length).toBeLessThan(2 * 1024 * 1024);
  });

  test("whose agent forgets it with what is left in the pipe, once its buffer is empty, is read whole", async () => {
    // As the official agent does; what is taken out of the buffer is filled up from the pipe only then.
    let buffer = PIPE_SIZE;
    let pipe = 10_000;
    const query = (request: ReceivedRequest): Buffer[] => {
      if (request.frame[19] !== 1 || buffer === 0) return forgotten(request);
      const taken = Math.min(buffer, Number(request.frame.readBigUInt64LE(30)));
      buffer -= taken;
      const moved = buffer === 0 ? 0 : Math.min(pipe, PIPE_SIZE - buffer);
      buffer += moved;
      pipe -= moved;
      return [bytes(request.id, Buffer.alloc(taken))];
    };
    answer({
      [RequestType.runProcess]: [(it) => [...started(it), processDied(5n, 0, 0)]],
      [RequestType.queryOutput]: [query],
    });
    const process = await run();
    expect((await textOf(process.stdout)).length).toBe(PIPE_SIZE + 10_000);
  });

  test("that was killed, by a signal's number", async () => {
    answer({ [RequestType.runProcess]: [(it) => [...started(it), processDied(5n, 11, 2)]] });
    expect(await (await run()).ended).toEqual({ signal: 11, coreDumped: true });
  });

  test("whose output nobody takes is not asked for it", async () => {
    answer({
      [RequestType.runProcess]: [(it) => [...started(it), outputAvailable(5n, 1)]],
      [RequestType.queryOutput]: [({ id }) => [bytes(id, "x")]],
      [RequestType.mountVolume]: [({ id }) => [ok(id)]],
    });
    const process = await run();
    const output = process.stdout[Symbol.asyncIterator]();
    await output.next();
    await output.next();
    await client.mountVolume("mnt0", "/data");
    expect(queriesOf(1)).toBe(2);
    expect(queriesOf(2)).toBe(0);
  });

  test("whose output is left early gets the rest taken off its hands", async () => {
    const drained = new Promise<void>((resolve) => {
      answer({
        [RequestType.runProcess]: [(it) => [...started(it), outputAvailable(5n, 1)]],
        [RequestType.queryOutput]: [
          ({ id }) => [bytes(id, "a")],
          ({ id }) => [bytes(id, "b")],
          ({ id }) => [bytes(id, ""), processDied(5n, 0, 0)],
          (it) => {
            resolve();
            return forgotten(it);
          },
        ],
      });
    });
    const process = await run();
    for await (const chunk of process.stdout) {
      expect(Buffer.from(chunk).toString()).toBe("a");
      break;
    }
    await drained;
    expect(await process.ended).toEqual({ exitCode: 0 });
  });

  test("is killed once; that it has ended meanwhile is fine", async () => {
    answer({
      [RequestType.runProcess]: [started],
      [RequestType.killProcess]: [({ id }) => [processDied(5n, 9, 1), error(id, ESRCH)]],
    });
    const process = await run();
    await process.kill();
    await process.kill();
    expect(agent.requests.filter((it) => it.type === RequestType.killProcess)).toHaveLength(1);
  });

  test("rejects everything when the VM ends", async () => {
    answer({ [RequestType.runProcess]: [started] });
    const process = await run();
    const output = textOf(process.stdout);
    agent.hangUp();
    await expect(process.ended).rejects.toThrow("The VM ended while running /bin/x.");
    await expect(output).rejects.toThrow(VmError);
    await expect(textOf(process.stderr)).rejects.toThrow(VmError);
    await expect(run()).rejects.toThrow("The VM ended while running /bin/x.");
  });

  test("rejects everything when the connection is closed here", async () => {
    answer({ [RequestType.runProcess]: [started] });
    const process = await run();
    client.close();
    await expect(process.ended).rejects.toThrow("The connection to the VM was closed while");
  });
});

describe("aborting", () => {
  const reason = new Error("enough");

  test("a request: the late answer harms nothing", async () => {
    const controller = new AbortController();
    let late: bigint | undefined;
    agent.onRequest = ({ id }) => {
      late = id;
      controller.abort(reason);
    };
    const { signal } = controller;
    await expect(client.mountVolume("mnt0", "/data", { signal })).rejects.toBe(reason);
    agent.onRequest = ({ id }) => agent.send(ok(late ?? 0n), ok(id));
    await client.mountVolume("mnt1", "/more");
  });

  test("a start: the process is killed when it starts after all", async () => {
    const controller = new AbortController();
    const killed = new Promise<ReceivedRequest>((resolve) => {
      agent.onRequest = (request) => {
        if (request.type === RequestType.killProcess) return resolve(request);
        controller.abort(reason);
        // After the abort has been seen, as the rejection is awaited first.
        void rejected.then(() => agent.send(...started(request)));
      };
    });
    const rejected = expect(run({ signal: controller.signal })).rejects.toBe(reason);
    await rejected;
    expect((await killed).frame.readBigUInt64LE(10)).toBe(5n);
  });

  test("a running process: it is killed, and its end and output reject", async () => {
    const controller = new AbortController();
    const killed = new Promise<void>((resolve) => {
      answer({
        [RequestType.runProcess]: [started],
        [RequestType.killProcess]: [
          ({ id }) => {
            resolve();
            return [ok(id)];
          },
        ],
      });
    });
    const process = await run({ signal: controller.signal });
    const output = textOf(process.stdout);
    controller.abort(reason);
    await expect(output).rejects.toBe(reason);
    await expect(process.ended).rejects.toBe(reason);
    await killed;
  });

  test("before a request is made: nothing is sent", async () => {
    const signal = AbortSignal.abort(reason);
    await expect(run({ signal })).rejects.toBe(reason);
    await expect(client.quit({ signal })).rejects.toBe(reason);
    expect(agent.requests).toEqual([]);
  });
});

describe("connecting", () => {
  test("waits until there is a socket", async () => {
    const socketPath = join(directory, "later");
    const connected = AgentClient.connect(socketPath, { signal: new AbortController().signal });
    const later = await FakeAgent.listen(socketPath);
    later.onRequest = ({ id }) => later.send(ok(id));
    const second = await connected;
    await second.quit();
    second.close();
    await later.close();
  });

  test("waits no longer than its signal says", async () => {
    const controller = new AbortController();
    const connected = AgentClient.connect(join(directory, "never"), { signal: controller.signal });
    controller.abort(new Error("too late"));
    await expect(connected).rejects.toThrow("too late");
  });

  test("refuses a path that no Unix socket can have", async () => {
    const { signal } = new AbortController();
    await expect(AgentClient.connect(join(directory, "x".repeat(108)), { signal })).rejects.toThrow(
      "longer than 107 bytes",
    );
  });

  test("says why a socket cannot be used", async () => {
    const { signal } = new AbortController();
    await expect(AgentClient.connect(join(agent.socketPath, "s"), { signal })).rejects.toThrow(
      "ENOTDIR",
    );
  });
});
