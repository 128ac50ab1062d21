import type { Ipv4Address } from "./ipv4.ts";

export const ETHERNET_HEADER_BYTES = 14;
export const IPV4_HEADER_BYTES = 20;

export const EtherType = { ipv4: 0x0800, arp: 0x0806 } as const;
export const IpProtocol = { tcp: 6, udp: 17 } as const;

/** A TCP or UDP packet over IPv4 in an Ethernet frame. */
export interface TransportPacket {
  readonly frame: Buffer;
  readonly protocol: "tcp" | "udp";
  readonly source: Ipv4Address;
  readonly destination: Ipv4Address;
  readonly sourcePort: number;
  readonly destinationPort: number;
  /** The TCP or UDP header and what follows it, without the frame's padding. */
  readonly segment: Buffer;
}

const FRAGMENT_MASK = 0x3fff;
const HEADER_BYTES = { tcp: 20, udp: 8 } as const;

export function etherTypeOf(frame: Buffer): number | undefined {
  return frame.length < ETHERNET_HEADER_BYTES ? undefined : frame.readUInt16BE(12);
}

/**
 * Reads a frame that a guest sent.
 *
 * @returns undefined when it is anything else, damaged, or a fragment, whose ports nobody can tell
 */
export function parseTransportPacket(frame: Buffer): TransportPacket | undefined {
  if (etherTypeOf(frame) !== EtherType.ipv4) return undefined;
  const ip = frame.subarray(ETHERNET_HEADER_BYTES);
  if (ip.length < IPV4_HEADER_BYTES || ip.readUInt8(0) >> 4 !== 4) return undefined;
  const headerBytes = (ip.readUInt8(0) & 0xf) * 4;
  const totalBytes = ip.readUInt16BE(2);
  if (headerBytes < IPV4_HEADER_BYTES || totalBytes > ip.length) return undefined;
  if ((ip.readUInt16BE(6) & FRAGMENT_MASK) !== 0) return undefined;
  const protocol = protocolName(ip.readUInt8(9));
  if (protocol === undefined || totalBytes < headerBytes + HEADER_BYTES[protocol]) return undefined;
  const segment = ip.subarray(headerBytes, totalBytes);
  return {
    frame,
    protocol,
    source: ip.readUInt32BE(12),
    destination: ip.readUInt32BE(16),
    sourcePort: segment.readUInt16BE(0),
    destinationPort: segment.readUInt16BE(2),
    segment,
  };
}

function protocolName(number: number): "tcp" | "udp" | undefined {
  if (number === IpProtocol.tcp) return "tcp";
  return number === IpProtocol.udp ? "udp" : undefined;
}
