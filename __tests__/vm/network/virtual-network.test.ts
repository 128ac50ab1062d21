import { once } from "node:events";
import { existsSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { dirname } from "node:path";
import { encodeFrame, FrameReader } from "../../../src/vm/network/frame-stream.ts";
import {
  type VirtualNetwork,
  withVirtualNetwork,
} from "../../../src/vm/network/virtual-network.ts";
import type { VpnMember, VpnTransport } from "../../../src/vm/network/vpn-member.ts";
import { BROADCAST, frame } from "./frames.ts";

const [A, B] = ["90:13:00:00:00:0a", "90:13:00:00:00:0b"] as const;

/** What stands in QEMU's place: connects as its arguments say. */
class Guest {
  readonly #reader = new FrameReader();
  readonly #received: string[] = [];

  constructor(readonly socket: Socket) {
    socket.on("data", (chunk: Buffer) => {
      for (const bytes of this.#reader.push(chunk)) {
        this.#received.push(bytes.toString("latin1", 14));
        socket.emit("frame");
      }
    });
    socket.on("error", () => {});
  }

  static async join(network: VirtualNetwork, transport: VpnTransport = "unix"): Promise<Guest> {
    return Guest.as(network.join({ transport }));
  }

  static async as(member: VpnMember): Promise<Guest> {
    const socket = connectTo(await endpointOf(member));
    await once(socket, "connect");
    return new Guest(socket);
  }

  send(bytes: Buffer): void {
    this.socket.write(encodeFrame(bytes));
  }

  async receive(): Promise<string> {
    while (this.#received.length === 0) await once(this.socket, "frame");
    return this.#received.shift() as string;
  }
}

async function endpointOf(member: VpnMember): Promise<string> {
  const words = (await member.qemuArguments("/no/such/qemu")).join(" ");
  const [, path, port] = /addr\.path=(\S+)|connect=127\.0\.0\.1:(\d+)/.exec(words) ?? [];
  return path ?? String(port);
}

function connectTo(endpoint: string): Socket {
  return endpoint.startsWith("/") ? connect(endpoint) : connect(Number(endpoint), "127.0.0.1");
}

test("members get the addresses of the network, one after the other or as they ask", async () => {
  await withVirtualNetwork({ network: "10.9.0.0/29" }, async (network) => {
    expect(network.join().address).toBe("10.9.0.2");
    expect(network.join({ address: "10.9.0.3" }).address).toBe("10.9.0.3");
    expect(network.join().address).toBe("10.9.0.4");
    expect(() => network.join({ address: "10.9.0.4" })).toThrow("is taken");
    expect(() => network.join({ address: "10.9.0.7" })).toThrow("not one of the network");
    network.join();
    network.join();
    expect(() => network.join()).toThrow("no address left");
  });
});

test("QEMU gets both interfaces, and the VPN's has an Ethernet address of its own", async () => {
  await withVirtualNetwork({}, async (network) => {
    const words = await network.join({ transport: "unix" }).qemuArguments("/no/such/qemu");
    expect(words).toEqual([
      "-netdev",
      expect.stringMatching(/^stream,id=vpn,server=off,addr\.type=unix,addr\.path=\/.+$/),
      "-device",
      "virtio-net-pci,netdev=vpn,mac=90:13:c0:a8:00:02",
      "-device",
      "virtio-net-pci,mac=90:13:00:00:00:02",
    ]);
  });
});

test("frames get from any member to any other, by either transport", async () => {
  await withVirtualNetwork({}, async (network) => {
    const [a, b] = [await Guest.join(network), await Guest.join(network, "tcp")];
    const c = await Guest.join(network);
    a.send(frame(BROADCAST, A, "to all"));
    expect([await b.receive(), await c.receive()]).toEqual(["to all", "to all"]);
    b.send(frame(A, B, "to a"));
    expect(await a.receive()).toBe("to a");
    b.send(frame(BROADCAST, B, "to all"));
    expect(await c.receive()).toBe("to all");
  });
});

test("two networks with the same addresses do not hear of each other", async () => {
  await withVirtualNetwork({}, (first) =>
    withVirtualNetwork({}, async (second) => {
      const [a, b] = [await Guest.join(first), await Guest.join(first)];
      const [other, another] = [await Guest.join(second), await Guest.join(second)];
      a.send(frame(BROADCAST, A, "first"));
      expect(await b.receive()).toBe("first");
      other.send(frame(BROADCAST, A, "second"));
      // The first that it hears.
      expect(await another.receive()).toBe("second");
    }),
  );
});

test("a place is for one QEMU: who comes later is shown out", async () => {
  await withVirtualNetwork({}, async (network) => {
    const member = network.join({ transport: "tcp" });
    const endpoint = await endpointOf(member);
    const first = connectTo(endpoint);
    const second = connectTo(endpoint);
    const closed = new Promise((resolve) => {
      second.on("error", () => {}).on("close", resolve);
    });
    await Promise.all([once(first, "connect"), closed]);
    const a = new Guest(first);
    const b = await Guest.join(network);
    a.send(frame(BROADCAST, A, "still here"));
    expect(await b.receive()).toBe("still here");
  });
});

test("the place of a VM that has ended can be another one's", async () => {
  await withVirtualNetwork({}, async (network) => {
    const member = network.join({ transport: "unix" });
    const before = await Guest.as(member);
    before.socket.destroy();
    const [a, b] = [await Guest.as(member), await Guest.join(network)];
    b.send(frame(BROADCAST, B, "hello"));
    expect(await a.receive()).toBe("hello");
  });
});

test("one that sends something else than frames is cut off, and the others go on", async () => {
  await withVirtualNetwork({}, async (network) => {
    const [a, b, c] = [
      await Guest.join(network),
      await Guest.join(network),
      await Guest.join(network),
    ];
    a.socket.write(Buffer.alloc(8, 0xff));
    await once(a.socket, "close");
    b.send(frame(BROADCAST, B, "going on"));
    expect(await c.receive()).toBe("going on");
  });
});

test("a member that does not read loses frames, and costs no memory", async () => {
  await withVirtualNetwork({}, async (network) => {
    const [sender, reader] = [await Guest.join(network), await Guest.join(network)];
    const stuck = await Guest.join(network);
    stuck.socket.pause();
    const megabyte = "x".repeat(1024 * 1024);
    const count = 64;
    for (let round = 0; round < count; round++) {
      for (let part = 0; part < 16; part++) {
        sender.send(frame(BROADCAST, A, `${round} ${megabyte.slice(0, 65_536)}`));
      }
      for (let part = 0; part < 16; part++)
        expect((await reader.receive()).startsWith(`${round} `)).toBe(true);
    }
    let bytes = 0;
    stuck.socket.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
    });
    stuck.socket.resume();
    const end = frame(BROADCAST, A, "the end");
    sender.send(end);
    // What had been kept for it comes first, and an end that finds no room is lost, too.
    while ((await stuck.receive()) !== "the end") sender.send(end);
    expect(bytes).toBeLessThan(4 * 1024 * 1024);
  });
});

test("nothing is left of a network, and nobody else can enter its directory", async () => {
  const { directory, guest } = await withVirtualNetwork({}, async (network) => {
    const member = network.join({ transport: "unix" });
    const path = await endpointOf(member);
    expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
    const socket = connectTo(path);
    await once(socket, "connect");
    return { directory: dirname(path), guest: socket };
  });
  expect(existsSync(directory)).toBe(false);
  if (!guest.closed) await once(guest.resume(), "close");
});
