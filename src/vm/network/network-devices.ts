import { type Ipv4Address, macOf, parseIpv4 } from "./ipv4.ts";

/** One of the guest's two network interfaces. */
export interface NetworkInterfaceDevice {
  /** QEMU's arguments that make its network; its device refers to that by `id`. */
  readonly backend: readonly string[];
  readonly address: Ipv4Address;
}

/** The ids that the provider's runtime gives its networks. */
export const VPN_ID = "vpn";
export const INTERNET_ID = "inet";

/** What an interface that is connected to nothing has in its Ethernet address. */
const UNUSED = { vpn: "0.0.0.1", inet: "0.0.0.2" };

/**
 * QEMU's arguments for the guest's network interfaces. With a network of either kind the runtime makes both, so
 * that eth0 is always the VPN and eth1 the internet; the one that was not asked for is connected to nothing
 * and has no address.
 */
export function networkDevices(interfaces: {
  vpn?: NetworkInterfaceDevice;
  internet?: NetworkInterfaceDevice;
}): string[] {
  const { vpn, internet } = interfaces;
  return [
    ...(vpn?.backend ?? []),
    ...device(VPN_ID, vpn, UNUSED.vpn),
    ...(internet?.backend ?? []),
    ...device(INTERNET_ID, internet, UNUSED.inet),
  ];
}

function device(id: string, used: NetworkInterfaceDevice | undefined, unused: string): string[] {
  const mac = macOf(used?.address ?? (parseIpv4(unused) as Ipv4Address));
  const netdev = used ? `netdev=${id},` : "";
  return ["-device", `virtio-net-pci,${netdev}mac=${mac}`];
}

/** In QEMU's option lists a comma separates, and two stand for one. */
export function optionValue(text: string): string {
  return text.replaceAll(",", ",,");
}
