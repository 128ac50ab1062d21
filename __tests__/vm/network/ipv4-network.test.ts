import { formatIpv4, macOf, parseIpv4 } from "../../../src/vm/network/ipv4.ts";
import { isHostOf, parsePrivateNetwork } from "../../../src/vm/network/ipv4-network.ts";

const address = (text: string) => parseIpv4(text) as number;

test("addresses are read and written, and give an interface's Ethernet address", () => {
  expect(formatIpv4(address("192.168.0.254"))).toBe("192.168.0.254");
  expect(macOf(address("192.168.0.254"))).toBe("90:13:c0:a8:00:fe");
  for (const text of ["", "1.2.3", "1.2.3.256", "::1", "1.2.3.4 "]) {
    expect(parseIpv4(text)).toBeUndefined();
  }
});

test("a network's hosts are its addresses but the first and the last", () => {
  const network = parsePrivateNetwork("172.16.4.0/23");
  expect(formatIpv4(network.mask)).toBe("255.255.254.0");
  const hosts = ["172.16.4.1", "172.16.4.255", "172.16.5.254"];
  const others = ["172.16.4.0", "172.16.5.255", "172.16.6.1", "10.0.0.1"];
  expect(hosts.every((text) => isHostOf(network, address(text)))).toBe(true);
  expect(others.some((text) => isHostOf(network, address(text)))).toBe(false);
});

test.each([
  "192.168.0.1/24",
  "8.8.8.0/24",
  "127.0.0.0/24",
  "10.0.0.0/8",
  "10.0.0.0/31",
  "10.0.0.0/033",
  "10.0.0.0",
  "fd00::/64",
  "",
])("%j is not a private network for VMs", (text) => {
  expect(() => parsePrivateNetwork(text)).toThrow("Invalid network");
});
