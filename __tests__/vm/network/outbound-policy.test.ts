import { parseIpv4 } from "../../../src/vm/network/ipv4.ts";
import { OutboundPolicy } from "../../../src/vm/network/outbound-policy.ts";
import { parseOutboundUrl } from "../../../src/vm/network/outbound-url.ts";
import { BROADCAST, dnsQuery, frame, packet } from "./frames.ts";

const ADDRESSES = ["192.0.2.1", "192.0.2.2"].map((text) => parseIpv4(text) as number);
const policy = new OutboundPolicy(
  ["https://web.example", "udp://web.example:123"].map((url) => ({
    ...parseOutboundUrl(url),
    addresses: ADDRESSES,
  })),
);
const PASSES = { passes: true };
const DROPPED = { passes: false };

test("what the list names passes, at each of its addresses, and ARP", () => {
  expect(policy.judge(packet({ to: "192.0.2.1", port: 443 }))).toEqual(PASSES);
  expect(policy.judge(packet({ to: "192.0.2.2", port: 443, flags: 0x10 }))).toEqual(PASSES);
  expect(policy.judge(packet({ to: "192.0.2.1", port: 123, protocol: "udp" }))).toEqual(PASSES);
  expect(policy.judge(frame(BROADCAST, "90:13:0a:00:02:0f", "", 0x0806))).toEqual(PASSES);
});

test.each([
  ["UDP to another address", packet({ to: "192.0.2.3", port: 123, protocol: "udp" })],
  ["TCP's port by UDP", packet({ to: "192.0.2.1", port: 443, protocol: "udp" })],
  ["the first fragment of a packet", packet({ to: "192.0.2.1", port: 443, fragment: 0x2000 })],
  ["a later fragment", packet({ to: "192.0.2.1", port: 443, fragment: 100 })],
  ["a packet that says IPv6", packet({ to: "192.0.2.1", port: 443, version: 6 })],
  ["IPv6", frame(BROADCAST, "90:13:0a:00:02:0f", Buffer.alloc(60), 0x86dd)],
  ["a VLAN's frame", frame(BROADCAST, "90:13:0a:00:02:0f", Buffer.alloc(60), 0x8100)],
  ["a cut packet", packet({ to: "192.0.2.1", port: 443 }).subarray(0, 53)],
  ["a cut header", packet({ to: "192.0.2.1", port: 443 }).subarray(0, 20)],
  ["next to nothing", Buffer.alloc(5)],
  ["a reset that is for nobody", packet({ to: "192.0.2.9", port: 1, flags: 4 })],
])("%s is dropped", (_what, bytes) => {
  expect(policy.judge(bytes)).toEqual(DROPPED);
});

test("any cut of a packet is judged without an error", () => {
  const whole = packet({ to: "192.0.2.9", port: 53, protocol: "udp", content: dnsQuery("a.b") });
  for (let length = 0; length < whole.length; length++) {
    expect(policy.judge(whole.subarray(0, length))).toEqual(DROPPED);
  }
});

test("a connection that is not allowed is refused as by a closed port", () => {
  const verdict = policy.judge(packet({ to: "192.0.2.1", port: 80 }));
  const reply = (verdict as { reply: Buffer }).reply;
  expect(reply.toString("hex", 0, 12)).toBe("90130a00020f52550a000202");
  const tcp = reply.subarray(34);
  expect([reply.subarray(26, 30).join("."), reply.subarray(30, 34).join(".")]).toEqual([
    "192.0.2.1",
    "10.0.2.15",
  ]);
  expect([tcp.readUInt16BE(0), tcp.readUInt16BE(2)]).toEqual([80, 40_000]);
  // Reset and acknowledge, of the SYN's sequence number plus one.
  expect([tcp.readUInt8(13), tcp.readUInt32BE(8)]).toEqual([0x14, 1001]);
  expect(onesComplementSum(reply.subarray(14, 34))).toBe(0xffff);
  const pseudo = Buffer.concat([reply.subarray(26, 34), Buffer.from([0, 6, 0, tcp.length])]);
  expect(onesComplementSum(Buffer.concat([pseudo, tcp]))).toBe(0xffff);
});

test.each([
  ["a name of the list", "WEB.example", 1, 0, ["192.0.2.1", "192.0.2.2"]],
  ["its IPv6 addresses, of which it has none here", "web.example", 28, 0, []],
  ["another name", "example", 1, 3, []],
  ["a name below it", "a.web.example", 1, 3, []],
])("a query for %s is answered, whatever server it is for", (_what, name, type, code, expected) => {
  const content = dnsQuery(name, type);
  const verdict = policy.judge(packet({ to: "1.1.1.1", port: 53, protocol: "udp", content }));
  const reply = (verdict as { reply: Buffer }).reply;
  expect(reply.subarray(26, 30).join(".")).toBe("1.1.1.1");
  const answer = reply.subarray(42);
  expect(answer.readUInt16BE(0)).toBe(0x1234);
  expect(answer.readUInt16BE(2)).toBe(0x8180 | code);
  expect(answer.subarray(12, content.length).equals(content.subarray(12))).toBe(true);
  const records = answer.subarray(content.length);
  const found = Array.from({ length: answer.readUInt16BE(6) }, (_, index) =>
    records.subarray(index * 16 + 12, index * 16 + 16).join("."),
  );
  expect(found).toEqual(expected);
});

test.each([
  ["a response", (query: Buffer) => query.writeUInt8(0x81, 2)],
  ["two questions", (query: Buffer) => query.writeUInt8(2, 5)],
  ["a name that points to itself", (query: Buffer) => query.writeUInt16BE(0xc00c, 12)],
  ["a label beyond the end", (query: Buffer) => query.writeUInt8(60, 12)],
])("a query that is %s is dropped", (_what, spoil) => {
  const content = dnsQuery("web.example");
  spoil(content);
  const bytes = packet({ to: "1.1.1.1", port: 53, protocol: "udp", content });
  expect(policy.judge(bytes)).toEqual(DROPPED);
});

function onesComplementSum(bytes: Buffer): number {
  let sum = 0;
  for (let offset = 0; offset < bytes.length; offset += 2) sum += bytes.readUInt16BE(offset);
  while (sum > 0xffff) sum = (sum % 0x10000) + Math.floor(sum / 0x10000);
  return sum;
}
