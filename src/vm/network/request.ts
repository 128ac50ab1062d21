import { UsageError } from "../../errors.ts";
import { type OutboundTarget, parseOutboundUrl } from "./outbound-url.ts";

export const NETWORK_NAMES = ["none", "vpn", "outbound"] as const;

export type NetworkName = (typeof NETWORK_NAMES)[number];

/** Which network a VM is to have; `outbound` alone reaches everything. */
export type NetworkRequest = NetworkName | { readonly outbound: readonly OutboundTarget[] };

const OUTBOUND_PREFIX = "outbound:";

/**
 * Reads a network as the command line has it: a name, or `outbound:URL`, which can be repeated.
 *
 * @param previous what the same option said before
 * @throws {UsageError}
 */
export function parseNetworkRequest(text: string, previous?: NetworkRequest): NetworkRequest {
  if (text.startsWith(OUTBOUND_PREFIX)) {
    const earlier = typeof previous === "object" ? previous.outbound : [];
    return { outbound: [...earlier, parseOutboundUrl(text.slice(OUTBOUND_PREFIX.length))] };
  }
  const name = NETWORK_NAMES.find((candidate) => candidate === text);
  if (name !== undefined) return name;
  throw new UsageError(`Unknown network: ${JSON.stringify(text)}.`, {
    hint: `It must be one of ${NETWORK_NAMES.join(", ")}, or outbound:URL (repeatable).`,
  });
}
