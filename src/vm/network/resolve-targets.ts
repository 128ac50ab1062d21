import { lookup } from "node:dns/promises";
import { MissingToolError } from "../../errors.ts";
import { type Ipv4Address, parseIpv4 } from "./ipv4.ts";
import type { OutboundTarget } from "./outbound-url.ts";

export interface ResolvedTarget extends OutboundTarget {
  readonly addresses: readonly Ipv4Address[];
}

/** Finds a name's IPv4 addresses, as text. */
export type Resolve = (name: string) => Promise<readonly string[]>;

/** What still fits into a DNS answer of 512 bytes. */
const MAX_ADDRESSES = 16;

const systemResolve: Resolve = async (name) =>
  (await lookup(name, { family: 4, all: true })).map(({ address }) => address);

/**
 * Resolves the hosts, once and on this machine, as a provider does when it starts the VM.
 *
 * @throws {MissingToolError} when a name has no address
 * @throws the abort reason
 */
export async function resolveTargets(
  targets: readonly OutboundTarget[],
  { resolve = systemResolve, signal }: { resolve?: Resolve; signal?: AbortSignal } = {},
): Promise<ResolvedTarget[]> {
  signal?.throwIfAborted();
  // Once each, as a name can have other addresses a moment later.
  const byHost = new Map<string, Promise<readonly Ipv4Address[]>>();
  const addressesFor = (target: OutboundTarget) => {
    const addresses = byHost.get(target.host) ?? addressesOf(target, resolve);
    byHost.set(target.host, addresses);
    return addresses;
  };
  const resolving = Promise.all(
    targets.map(async (target) => ({ ...target, addresses: await addressesFor(target) })),
  );
  return signal ? abortable(resolving, signal) : resolving;
}

async function addressesOf(
  { host, url }: OutboundTarget,
  resolve: Resolve,
): Promise<readonly Ipv4Address[]> {
  const literal = parseIpv4(host);
  if (literal !== undefined) return [literal];
  const found = await resolve(host).catch((error: unknown) => {
    throw unresolved(host, url, error);
  });
  const addresses = found.flatMap((text) => parseIpv4(text) ?? []).slice(0, MAX_ADDRESSES);
  if (addresses.length === 0) throw unresolved(host, url);
  return addresses;
}

function unresolved(host: string, url: string, cause?: unknown): MissingToolError {
  return new MissingToolError(
    `Cannot find an IPv4 address of ${host}, for outbound access to ${url}.`,
    {
      hint: "Check the name and this machine's network; vm.network: outbound, without a list, needs no names.",
      cause,
    },
  );
}

/** A look-up cannot be ended: it is left behind. */
async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    if (onAbort) signal.removeEventListener("abort", onAbort);
  }
}
