import { VmError } from "../../errors.ts";
import type { AgentClient, NetworkSettings } from "../agent/client.ts";
import { AgentRequestError } from "../agent/errors.ts";

/** IPv4 addresses as text. With a gateway, everything that is elsewhere is reached through it. */
export interface InterfaceSettings {
  readonly interface: NetworkSettings["interface"];
  readonly address: string;
  readonly mask: string;
  readonly gateway?: string;
}

/**
 * Gives one of the guest's interfaces its address, then its route: two requests, as the provider's runtime makes
 * them, because the official agent takes one mask for both.
 *
 * @throws {VmError} when the guest has no such interface
 */
export async function configureInterface(
  agent: AgentClient,
  settings: InterfaceSettings,
  signal: AbortSignal,
): Promise<void> {
  const { interface: name, address, mask, gateway } = settings;
  try {
    await agent.netCtl({ interface: name, address, mask }, { signal });
    if (gateway !== undefined) await agent.netCtl({ interface: name, gateway }, { signal });
  } catch (error) {
    if (!(error instanceof AgentRequestError) || error.code !== "ENODEV") throw error;
    throw new VmError(
      `The VM's kernel did not find the network device for ${name === "vpn" ? "eth0" : "eth1"}.`,
      {
        hint: "The kernel needs the module virtio_net; leave vm.kernel out, or give one that has it.",
        cause: error,
      },
    );
  }
}
