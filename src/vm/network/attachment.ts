import type { AgentClient } from "../agent/client.ts";

/** How one VM is connected to a network; providers give none unless the requestor asks for one. */
export interface NetworkAttachment {
  /** Whether it takes user-mode networking, which the official runtime's `vmrt` was built without. */
  readonly needsUserNetworking: boolean;
  /**
   * QEMU's arguments for the network devices, in the order of the guest's interfaces.
   *
   * @param qemu path of the QEMU that will be started with them
   * @throws {MissingToolError} when this QEMU lacks what the network is made of
   */
  qemuArguments(qemu: string): Promise<readonly string[]>;
  /** Configures the guest's interfaces, after its volumes are mounted and before the first command. */
  configure(agent: AgentClient, signal: AbortSignal): Promise<void>;
}
