import { UsageError } from "../../errors.ts";
import { withMachineDirectory } from "../machine-directory.ts";
import { EthernetSwitch } from "./ethernet-switch.ts";
import { formatIpv4, type Ipv4Address, parseIpv4 } from "./ipv4.ts";
import { type Ipv4Network, isHostOf, parsePrivateNetwork } from "./ipv4-network.ts";
import { VpnMember, type VpnTransport } from "./vpn-member.ts";

export interface VirtualNetworkOptions {
  /** A private IPv4 network of /16 to /30; `192.168.0.0/24` by default, as dapp-runner has it. */
  network?: string;
}

export interface MemberOptions {
  /** The next free one by default. */
  address?: string;
  /** `unix` by default, where QEMU is 7.2 or newer. */
  transport?: VpnTransport;
}

const DEFAULT_NETWORK = "192.168.0.0/24";

/** The first address is the requestor's own on Golem, and no VM's. */
const REQUESTOR_OFFSET = 1;

/**
 * A private Ethernet for several VMs, as a provider's VPN: they reach each other by IP address, and nothing else.
 * The switch is in this process; nobody else can join it, so two networks at once never see each other, even
 * with the same addresses.
 */
export class VirtualNetwork {
  /** `192.168.0.0/24` */
  readonly network: string;
  readonly #network: Ipv4Network;
  readonly #directory: string;
  readonly #ethernet = new EthernetSwitch();
  readonly #members = new Map<Ipv4Address, VpnMember>();

  constructor(network: Ipv4Network, directory: string) {
    this.network = network.text;
    this.#network = network;
    this.#directory = directory;
  }

  /**
   * A place for one VM, to be given to it as its network.
   *
   * @throws {UsageError} when the address is not of this network or is taken, or when none is left
   */
  join({ address, transport }: MemberOptions = {}): VpnMember {
    const own = address === undefined ? this.#nextFree() : this.#checked(address);
    const member = new VpnMember({
      address: own,
      network: this.#network,
      ethernet: this.#ethernet,
      directory: this.#directory,
      transport,
    });
    this.#members.set(own, member);
    return member;
  }

  close(): void {
    for (const member of this.#members.values()) member.close();
  }

  #nextFree(): Ipv4Address {
    let address = this.#network.address + REQUESTOR_OFFSET + 1;
    while (this.#members.has(address)) address += 1;
    if (isHostOf(this.#network, address)) return address;
    throw new UsageError(`The network ${this.network} has no address left for another VM.`, {
      hint: "Use a larger one, such as 10.0.0.0/16.",
    });
  }

  #checked(text: string): Ipv4Address {
    const address = parseIpv4(text);
    const isUsable = address !== undefined && isHostOf(this.#network, address);
    if (isUsable && !this.#members.has(address)) return address;
    throw new UsageError(
      isUsable
        ? `The address ${text} is taken by another VM of the network.`
        : `Invalid address: ${JSON.stringify(text)} is not one of the network ${this.network}.`,
      { hint: `Leave it out to get the next free one, from ${this.#firstAddress()} on.` },
    );
  }

  #firstAddress(): string {
    return formatIpv4(this.#network.address + REQUESTOR_OFFSET + 1);
  }
}

/**
 * Runs `body` with a virtual network, which ends with it.
 *
 * @throws {UsageError} when `options.network` is not a private network
 */
export async function withVirtualNetwork<T>(
  options: VirtualNetworkOptions,
  body: (network: VirtualNetwork) => Promise<T>,
): Promise<T> {
  const network = parsePrivateNetwork(options.network ?? DEFAULT_NETWORK);
  return withMachineDirectory(async (directory) => {
    const virtualNetwork = new VirtualNetwork(network, directory);
    try {
      return await body(virtualNetwork);
    } finally {
      virtualNetwork.close();
    }
  });
}
