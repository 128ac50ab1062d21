import {
  ETHERNET_HEADER_BYTES,
  EtherType,
  IPV4_HEADER_BYTES,
  IpProtocol,
  type TransportPacket,
} from "./packet.ts";

const TIME_TO_LIVE = 64;
const UDP_HEADER_BYTES = 8;
const TCP_HEADER_BYTES = 20;

const TcpFlag = { fin: 0x01, syn: 0x02, reset: 0x04, acknowledge: 0x10 } as const;

/** The frame that answers a UDP packet as its destination would. */
export function udpReply(to: TransportPacket, content: Uint8Array): Buffer {
  const header = Buffer.alloc(UDP_HEADER_BYTES);
  header.writeUInt16BE(to.destinationPort, 0);
  header.writeUInt16BE(to.sourcePort, 2);
  header.writeUInt16BE(UDP_HEADER_BYTES + content.length, 4);
  // A checksum of 0 stands for none (RFC 768).
  return replyFrame(to, IpProtocol.udp, Buffer.concat([header, content]));
}

/**
 * The frame that refuses a TCP connection as a closed port does, so that the guest need not wait; undefined for
 * a packet that is itself a reset.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9293#section-3.10.7.1
 */
export function tcpReset(to: TransportPacket): Buffer | undefined {
  const { segment } = to;
  const flags = segment.readUInt8(13);
  if (flags & TcpFlag.reset) return undefined;
  const dataBytes = Math.max(0, segment.length - (segment.readUInt8(12) >> 4) * 4);
  const phantom = (flags & TcpFlag.syn ? 1 : 0) + (flags & TcpFlag.fin ? 1 : 0);
  const header = Buffer.alloc(TCP_HEADER_BYTES);
  header.writeUInt16BE(to.destinationPort, 0);
  header.writeUInt16BE(to.sourcePort, 2);
  header.writeUInt8((TCP_HEADER_BYTES / 4) << 4, 12);
  if (flags & TcpFlag.acknowledge) {
    header.writeUInt32BE(segment.readUInt32BE(8), 4);
    header.writeUInt8(TcpFlag.reset, 13);
  } else {
    header.writeUInt32BE((segment.readUInt32BE(4) + dataBytes + phantom) >>> 0, 8);
    header.writeUInt8(TcpFlag.reset | TcpFlag.acknowledge, 13);
  }
  header.writeUInt16BE(checksum(Buffer.concat([pseudoHeader(to, header.length), header])), 16);
  return replyFrame(to, IpProtocol.tcp, header);
}

function replyFrame(to: TransportPacket, protocol: number, segment: Buffer): Buffer {
  const ethernet = Buffer.alloc(ETHERNET_HEADER_BYTES);
  to.frame.copy(ethernet, 0, 6, 12);
  to.frame.copy(ethernet, 6, 0, 6);
  ethernet.writeUInt16BE(EtherType.ipv4, 12);
  const ip = Buffer.alloc(IPV4_HEADER_BYTES);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(IPV4_HEADER_BYTES + segment.length, 2);
  ip.writeUInt8(TIME_TO_LIVE, 8);
  ip.writeUInt8(protocol, 9);
  ip.writeUInt32BE(to.destination, 12);
  ip.writeUInt32BE(to.source, 16);
  ip.writeUInt16BE(checksum(ip), 10);
  return Buffer.concat([ethernet, ip, segment]);
}

/** What a TCP checksum covers beside the segment. */
function pseudoHeader(to: TransportPacket, segmentBytes: number): Buffer {
  const header = Buffer.alloc(12);
  header.writeUInt32BE(to.destination, 0);
  header.writeUInt32BE(to.source, 4);
  header.writeUInt8(IpProtocol.tcp, 9);
  header.writeUInt16BE(segmentBytes, 10);
  return header;
}

/**
 * The Internet checksum of an even number of bytes.
 *
 * @see https://www.rfc-editor.org/rfc/rfc1071
 */
function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let offset = 0; offset < bytes.length; offset += 2) sum += bytes.readUInt16BE(offset);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}
