import type { NetworkAttachment } from "./attachment.ts";
import { withOutboundAccess } from "./outbound-access.ts";
import type { NetworkRequest } from "./request.ts";
import { withVirtualNetwork } from "./virtual-network.ts";

type Network = NetworkRequest | NetworkAttachment | undefined;

/** Whether it takes user-mode networking, which the official runtime's `vmrt` was built without. */
export function needsUserNetworking(network: Network): boolean {
  if (network === undefined || typeof network === "string") return network === "outbound";
  return "outbound" in network || network.needsUserNetworking;
}

/**
 * Runs `body` with what one VM's network is made of, which ends with it. An attachment that is given already, such
 * as a place in a virtual network of several VMs, is handed on.
 *
 * @throws {MissingToolError} when a host that the VM may reach has no address
 */
export async function withNetwork<T>(
  network: Network,
  { signal }: { signal?: AbortSignal | undefined },
  body: (attachment: NetworkAttachment | undefined) => Promise<T>,
): Promise<T> {
  if (network === undefined || network === "none") return body(undefined);
  const abort = signal ? { signal } : {};
  if (network === "vpn") return withVirtualNetwork({}, (alone) => body(alone.join()));
  if (network === "outbound") return withOutboundAccess(abort, body);
  if ("outbound" in network) {
    return withOutboundAccess({ ...abort, targets: network.outbound }, body);
  }
  return body(network);
}
