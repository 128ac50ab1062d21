/** An Ethernet frame. */
export function frame(to: string, from: string, payload: string | Uint8Array, type = 0x88b5) {
  const typeBytes = Buffer.from([type >> 8, type & 0xff]);
  return Buffer.concat([mac(to), mac(from), typeBytes, Buffer.from(payload as string)]);
}

export const BROADCAST = "ff:ff:ff:ff:ff:ff";

const GUEST = "90:13:0a:00:02:0f";
const GATEWAY = "52:55:0a:00:02:02";

export interface PacketFields {
  to: string;
  port: number;
  protocol?: "tcp" | "udp";
  /** Of TCP; 2 is SYN. */
  flags?: number;
  content?: Uint8Array;
  /** The IPv4 header's flags and fragment offset. */
  fragment?: number;
  version?: number;
}

/** A packet of the guest at 10.0.2.15, port 40000, without checksums. */
export function packet(fields: PacketFields): Buffer {
  const { to, port, protocol = "tcp", flags = 2, content = new Uint8Array(0) } = fields;
  const transport = Buffer.alloc(protocol === "tcp" ? 20 : 8);
  transport.writeUInt16BE(40_000, 0);
  transport.writeUInt16BE(port, 2);
  if (protocol === "tcp") {
    transport.writeUInt32BE(1000, 4);
    transport.writeUInt8(5 << 4, 12);
    transport.writeUInt8(flags, 13);
  } else {
    transport.writeUInt16BE(8 + content.length, 4);
  }
  const ip = Buffer.alloc(20);
  ip.writeUInt8(((fields.version ?? 4) << 4) | 5, 0);
  ip.writeUInt16BE(20 + transport.length + content.length, 2);
  ip.writeUInt16BE(fields.fragment ?? 0, 6);
  ip.writeUInt8(protocol === "tcp" ? 6 : 17, 9);
  ip.set([10, 0, 2, 15], 12);
  ip.set(to.split(".").map(Number), 16);
  return frame(GATEWAY, GUEST, Buffer.concat([ip, transport, content]), 0x0800);
}

/** A DNS query for one name. */
export function dnsQuery(name: string, type = 1): Buffer {
  const labels = name
    .split(".")
    .map((label) => Buffer.from(`${String.fromCharCode(label.length)}${label}`));
  const header = Buffer.from([0x12, 0x34, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  return Buffer.concat([header, ...labels, Buffer.from([0, 0, type, 0, 1])]);
}

function mac(text: string): Buffer {
  return Buffer.from(text.replaceAll(":", ""), "hex");
}
