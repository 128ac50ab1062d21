import type { AgentClient } from "../agent/client.ts";

/** How one VM is connected to a network; providers give none unless the requestor asks for one. */
export interface NetworkAttachment {
  /** QEMU's arguments for the network devices, in the order of the guest's interfaces. */
  readonly qemuArguments: readonly string[];
  /** Configures the guest's interfaces, after its volumes are mounted and before the first command. */
  configure(agent: AgentClient, signal: AbortSignal): Promise<void>;
}
