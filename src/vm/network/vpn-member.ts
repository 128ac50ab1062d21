import { join } from "node:path";
import type { AgentClient } from "../agent/client.ts";
import type { NetworkAttachment } from "./attachment.ts";
import { configureInterface } from "./configure-interface.ts";
import type { EthernetSwitch, SwitchPort } from "./ethernet-switch.ts";
import { FrameListener } from "./frame-listener.ts";
import { formatIpv4, type Ipv4Address } from "./ipv4.ts";
import type { Ipv4Network } from "./ipv4-network.ts";
import { networkDevices, optionValue, VPN_ID } from "./network-devices.ts";
import { qemuCapabilities } from "./qemu-capabilities.ts";

/** How QEMU reaches the switch: `unix` is private to this user, every QEMU can do `tcp` (on loopback). */
export type VpnTransport = "unix" | "tcp";

export interface VpnMemberOptions {
  readonly address: Ipv4Address;
  readonly network: Ipv4Network;
  readonly ethernet: EthernetSwitch;
  /** A private directory for its socket. */
  readonly directory: string;
  /** `unix` where QEMU knows it when absent. */
  readonly transport?: VpnTransport | undefined;
}

/** One VM's place in a virtual network. */
export class VpnMember implements NetworkAttachment {
  readonly needsUserNetworking = false;
  /** Under which the other members reach it. */
  readonly address: string;
  readonly #options: VpnMemberOptions;
  #listener: FrameListener | undefined;

  constructor(options: VpnMemberOptions) {
    this.#options = options;
    this.address = formatIpv4(options.address);
  }

  async qemuArguments(qemu: string): Promise<readonly string[]> {
    const { address } = this.#options;
    return networkDevices({ vpn: { address, backend: await this.#backend(qemu) } });
  }

  async configure(agent: AgentClient, signal: AbortSignal): Promise<void> {
    const mask = formatIpv4(this.#options.network.mask);
    await configureInterface(agent, { interface: "vpn", address: this.address, mask }, signal);
  }

  close(): void {
    this.#listener?.close();
    this.#listener = undefined;
  }

  async #backend(qemu: string): Promise<string[]> {
    const transport = this.#options.transport ?? (await bestTransport(qemu));
    if (transport === "unix") {
      const path = join(this.#options.directory, this.address);
      await this.#listen({ path });
      const where = `addr.type=unix,addr.path=${optionValue(path)}`;
      return ["-netdev", `stream,id=${VPN_ID},server=off,${where}`];
    }
    const { port } = await this.#listen({ host: "127.0.0.1", port: 0 });
    return ["-netdev", `socket,id=${VPN_ID},connect=127.0.0.1:${port}`];
  }

  /** A member whose VM has ended can be that of another one. */
  async #listen(where: Parameters<typeof FrameListener.listen>[0]): Promise<FrameListener> {
    this.close();
    const { ethernet } = this.#options;
    const port: SwitchPort = { send: (frame) => listener.send(frame) };
    const listener = await FrameListener.listen(where, {
      onFrame: (frame) => ethernet.receive(frame, port),
      onEnd: () => ethernet.disconnect(port),
    });
    ethernet.connect(port);
    this.#listener = listener;
    return listener;
  }
}

/** `-netdev stream`, which has Unix sockets, came with QEMU 7.2. */
async function bestTransport(qemu: string): Promise<VpnTransport> {
  const { netdevs } = await qemuCapabilities(qemu);
  return netdevs.has("stream") ? "unix" : "tcp";
}
