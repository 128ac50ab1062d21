import { UsageError } from "../../errors.ts";
import { formatIpv4, type Ipv4Address, parseIpv4 } from "./ipv4.ts";

/** A block of addresses, such as 192.168.0.0/24. */
export interface Ipv4Network {
  readonly address: Ipv4Address;
  readonly mask: Ipv4Address;
  /** `192.168.0.0/24` */
  readonly text: string;
}

/** RFC 1918: what no one else answers for. */
const PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map(parseBlock);

/** More VMs than anyone starts at once. */
const SHORTEST_PREFIX = 16;
/** Two members beside the network's and the broadcast address. */
const LONGEST_PREFIX = 30;

/** @throws {UsageError} when the text is not a private network of /16 to /30 */
export function parsePrivateNetwork(text: string): Ipv4Network {
  const network = parseBlock(text);
  const prefix = Number(text.split("/")[1]);
  const isPrivate = PRIVATE.some((block) => block && network && isWithin(block, network.address));
  if (network && isPrivate && prefix >= SHORTEST_PREFIX && prefix <= LONGEST_PREFIX) return network;
  throw new UsageError(`Invalid network: ${JSON.stringify(text)}.`, {
    hint: `It must be a private IPv4 network of /${SHORTEST_PREFIX} to /${LONGEST_PREFIX}, such as 192.168.0.0/24.`,
  });
}

/** True for an address that an interface of this network can have: not the network's own, nor its broadcast. */
export function isHostOf(network: Ipv4Network, address: Ipv4Address): boolean {
  const host = (address & ~network.mask) >>> 0;
  return isWithin(network, address) && host !== 0 && host !== ~network.mask >>> 0;
}

function isWithin(network: Ipv4Network, address: Ipv4Address): boolean {
  return (address & network.mask) >>> 0 === network.address;
}

function parseBlock(text: string): Ipv4Network | undefined {
  const [, base = "", digits = ""] = /^([\d.]+)\/(\d{1,2})$/.exec(text) ?? [];
  const address = parseIpv4(base);
  const prefix = Number(digits);
  if (address === undefined || digits === "" || prefix > 32) return undefined;
  const mask = prefix === 0 ? 0 : (-1 << (32 - prefix)) >>> 0;
  if ((address & mask) >>> 0 !== address) return undefined;
  return { address, mask, text: `${formatIpv4(address)}/${prefix}` };
}
