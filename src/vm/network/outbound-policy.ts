import { DnsType, dnsAnswer, parseDnsQuery } from "./dns-message.ts";
import type { Ipv4Address } from "./ipv4.ts";
import { EtherType, etherTypeOf, parseTransportPacket, type TransportPacket } from "./packet.ts";
import { tcpReset, udpReply } from "./reply-packet.ts";
import type { ResolvedTarget } from "./resolve-targets.ts";

/** What becomes of a frame: it passes, or it does not and the guest may get an answer in its destination's name. */
export type Verdict = { readonly passes: true } | { readonly passes: false; reply?: Buffer };

const PASS: Verdict = { passes: true };
const DROP: Verdict = { passes: false };

const DNS_PORT = 53;
const UDP_HEADER_BYTES = 8;

/**
 * Decides which frames of a guest may leave it: ARP, and TCP and UDP to the addresses and ports of the list.
 *
 * Name servers are not asked: their answers would have to be trusted. Queries, to whatever server, are answered
 * here, with the addresses that the list's names had at the start.
 */
export class OutboundPolicy {
  readonly #allowed = new Set<string>();
  readonly #names = new Map<string, readonly Ipv4Address[]>();

  constructor(targets: readonly ResolvedTarget[]) {
    for (const { protocol, addresses, port, host } of targets) {
      this.#names.set(host, addresses);
      for (const address of addresses) this.#allowed.add(endpoint(protocol, address, port));
    }
  }

  judge(frame: Buffer): Verdict {
    if (etherTypeOf(frame) === EtherType.arp) return PASS;
    const packet = parseTransportPacket(frame);
    if (packet === undefined) return DROP;
    const { protocol, destination, destinationPort } = packet;
    if (this.#allowed.has(endpoint(protocol, destination, destinationPort))) return PASS;
    return withReply(protocol === "tcp" ? tcpReset(packet) : this.#answerToName(packet));
  }

  #answerToName(packet: TransportPacket): Buffer | undefined {
    if (packet.destinationPort !== DNS_PORT) return undefined;
    const query = parseDnsQuery(packet.segment.subarray(UDP_HEADER_BYTES));
    if (query === undefined) return undefined;
    const addresses = this.#names.get(query.name);
    const asked = addresses && query.type !== DnsType.a ? [] : addresses;
    return udpReply(packet, dnsAnswer(query, asked));
  }
}

function withReply(reply: Buffer | undefined): Verdict {
  return reply === undefined ? DROP : { passes: false, reply };
}

function endpoint(protocol: "tcp" | "udp", address: Ipv4Address, port: number): string {
  return `${protocol} ${address} ${port}`;
}
