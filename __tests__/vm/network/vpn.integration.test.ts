// Needs QEMU, a kernel, busybox-static and musl-gcc.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withVirtualMachine } from "../../../src/vm/boot.ts";
import {
  type VirtualNetwork,
  withVirtualNetwork,
} from "../../../src/vm/network/virtual-network.ts";
import type { VpnTransport } from "../../../src/vm/network/vpn-member.ts";
import type { VirtualMachine } from "../../../src/vm/virtual-machine.ts";
import { bootOptions, makeBusyboxImage, shell } from "./busybox-image.ts";
import { type Held, hold } from "./hold.ts";

let server: VirtualMachine;
let client: VirtualMachine;
/** Reaches the network as with a QEMU before 7.2. */
let other: VirtualMachine;
const held: Held<unknown>[] = [];

beforeAll(async () => {
  const directory = mkdtempSync(join(tmpdir(), "gi-network-"));
  const image = await makeBusyboxImage(directory);
  const network = await hold<VirtualNetwork>((body) => withVirtualNetwork({}, body));
  const boot = (transport: VpnTransport) =>
    hold<VirtualMachine>((body) =>
      withVirtualMachine(
        image,
        { ...bootOptions, network: network.value.join({ transport }) },
        body,
      ),
    );
  const machines = await Promise.all([boot("unix"), boot("unix"), boot("tcp")]);
  held.push(...machines, network);
  [server, client, other] = [machines[0].value, machines[1].value, machines[2].value];
  rmSync(directory, { recursive: true });
  await shell(server, "httpd -h /www -p 80");
});

afterAll(async () => {
  for (const { end } of held) await end();
});

test("a service of one VM is reached from the others, by its address", async () => {
  const reach =
    "wget -q -O - http://192.168.0.2/page; wget -q -O - http://192.168.0.2/large | md5sum";
  const { output: sum } = await shell(server, "md5sum < /www/large");
  const [first, second] = await Promise.all([shell(client, reach), shell(other, reach)]);
  expect(first.output).toBe(`a page\n${sum}`);
  expect(second.output).toBe(`a page\n${sum}`);
});

test("a service looked for by a name is not found, as on Golem", async () => {
  const lookUp = "for name in web localhost; do /bin/resolve $name; done; cat /etc/hosts";
  const { output } = await shell(client, lookUp);
  expect(output).toMatch(/^\D+\n127\.0\.0\.1\n/);
  expect(output.endsWith("127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n")).toBe(
    true,
  );
});

test("eth0 is the VPN with its MTU, and eth1 is there but down", async () => {
  const { output } = await shell(other, "ifconfig eth0; ifconfig eth1; route -n");
  const [eth0 = "", eth1 = "", routes = ""] = output.split(/\n(?=eth1|Kernel)/);
  expect(eth0).toMatch(/HWaddr 90:13:C0:A8:00:04/);
  expect(eth0).toMatch(/inet addr:192\.168\.0\.4 .*Mask:255\.255\.255\.0/);
  expect(eth0).toMatch(/UP .* MTU:1220 /);
  expect(eth1).not.toMatch(/UP|inet addr/);
  expect(routes.trim().split("\n").slice(2)).toEqual([expect.stringMatching(/^192\.168\.0\.0 /)]);
});

test("members find each other's Ethernet address by asking all, and nobody beyond", async () => {
  const line =
    "ping -c 1 -W 5 192.168.0.4; ping -c 1 -W 1 192.168.0.9; wget -O - http://10.0.2.2/; cat /proc/net/arp";
  const { output } = await shell(client, line);
  expect(output).toMatch(/192\.168\.0\.4 .*1 packets received/s);
  expect(output).toMatch(/192\.168\.0\.9 .*0 packets received/s);
  expect(output).toContain("Network is unreachable");
  expect(output).toMatch(/^192\.168\.0\.4 .* 90:13:c0:a8:00:04 .* eth0$/m);
});
