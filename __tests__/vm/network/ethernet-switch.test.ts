import { EthernetSwitch, type SwitchPort } from "../../../src/vm/network/ethernet-switch.ts";
import { BROADCAST, frame } from "./frames.ts";

const [A, B, C] = ["90:13:00:00:00:0a", "90:13:00:00:00:0b", "90:13:00:00:00:0c"] as const;

function setUp() {
  const ethernet = new EthernetSwitch();
  const [a, b, c] = [new Port(), new Port(), new Port()] as const;
  for (const port of [a, b, c]) ethernet.connect(port);
  return { ethernet, a, b, c };
}

class Port implements SwitchPort {
  readonly received: Buffer[] = [];
  send(bytes: Uint8Array): void {
    this.received.push(Buffer.from(bytes));
  }
}

test("a broadcast reaches all but its sender", () => {
  const { ethernet, a, b, c } = setUp();
  const question = frame(BROADCAST, A, "who has it?");
  ethernet.receive(question, a);
  expect([a.received, b.received, c.received]).toEqual([[], [question], [question]]);
});

test("a frame goes to the one that it is for, once that was heard of", () => {
  const { ethernet, a, b, c } = setUp();
  ethernet.receive(frame(B, A, "1"), a);
  expect([b.received.length, c.received.length]).toEqual([1, 1]);
  ethernet.receive(frame(A, B, "2"), b);
  ethernet.receive(frame(B, A, "3"), a);
  expect([a.received.length, b.received.length, c.received.length]).toEqual([1, 2, 1]);
});

test("what was learned of a port goes with it", () => {
  const { ethernet, a, b, c } = setUp();
  ethernet.receive(frame(BROADCAST, B, "here"), b);
  ethernet.disconnect(b);
  ethernet.receive(frame(B, A, "lost"), a);
  ethernet.receive(frame(A, B, "too late"), b);
  expect([a.received.length, b.received.length, c.received.length]).toEqual([1, 0, 2]);
});

test("one who makes up addresses cannot make the others unreachable, or fill the memory", () => {
  const { ethernet, a, b, c } = setUp();
  for (let number = 0; number < 5000; number++) {
    const made = `02:00:00:00:${hex(number >> 8)}:${hex(number & 0xff)}`;
    ethernet.receive(frame(BROADCAST, made, ""), a);
  }
  ethernet.receive(frame(BROADCAST, B, ""), b);
  const before = c.received.length;
  ethernet.receive(frame(B, C, "to b"), c);
  expect(b.received.at(-1)).toEqual(frame(B, C, "to b"));
  expect(c.received).toHaveLength(before);
});

test("a frame without room for addresses is dropped", () => {
  const { ethernet, a, b } = setUp();
  ethernet.receive(Buffer.alloc(13, 0xff), a);
  expect(b.received).toEqual([]);
});

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}
