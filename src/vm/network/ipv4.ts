import { isIPv4 } from "node:net";

/** An IPv4 address as an unsigned number, the first octet in the highest bits. */
export type Ipv4Address = number;

/** @returns undefined when the text is not a dotted IPv4 address */
export function parseIpv4(text: string): Ipv4Address | undefined {
  if (!isIPv4(text)) return undefined;
  return text.split(".").reduce((number, octet) => number * 256 + Number(octet), 0);
}

export function formatIpv4(address: Ipv4Address): string {
  return octets(address).join(".");
}

function octets(address: Ipv4Address): number[] {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff);
}

/**
 * The Ethernet address that the provider's runtime gives an interface with this IPv4 address: `90:13` and the
 * address's four bytes. The official guest agent sets it by itself, ours leaves what QEMU has given.
 */
export function macOf(address: Ipv4Address): string {
  return ["90", "13", ...octets(address).map((octet) => octet.toString(16).padStart(2, "0"))].join(
    ":",
  );
}
