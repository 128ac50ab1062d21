// Needs QEMU, a kernel, busybox-static and musl-gcc. The services are on this machine's loopback.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execInImage } from "../../../src/pipeline/exec-in-image.ts";
import { parseSettings } from "../../../src/settings/load-settings.ts";
import { type BootableImage, withVirtualMachine } from "../../../src/vm/boot.ts";
import type { NetworkAttachment } from "../../../src/vm/network/attachment.ts";
import { withOutboundAccess } from "../../../src/vm/network/outbound-access.ts";
import { parseOutboundUrl } from "../../../src/vm/network/outbound-url.ts";
import type { VirtualMachine } from "../../../src/vm/virtual-machine.ts";
import { bootOptions, makeBusyboxImage, shell } from "./busybox-image.ts";
import { type Held, hold } from "./hold.ts";

const servers: Server[] = [];
let allowedPort: number;
let otherPort: number;
let directory: string;
let image: BootableImage;
let limited: VirtualMachine;
const held: Held<unknown>[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "gi-network-"));
  image = await makeBusyboxImage(directory);
  [allowedPort, otherPort] = [await serve("allowed"), await serve("other")];
  const targets = [parseOutboundUrl(`http://web.example:${allowedPort}/`)];
  const resolve = async () => ["10.0.2.2"];
  const access = await hold<NetworkAttachment>((body) =>
    withOutboundAccess({ targets, resolve }, body),
  );
  const machine = await hold<VirtualMachine>((body) =>
    withVirtualMachine(image, { ...bootOptions, network: access.value }, body),
  );
  held.push(machine, access);
  limited = machine.value;
});

afterAll(async () => {
  for (const { end } of held) await end();
  for (const server of servers) server.close();
  rmSync(directory, { recursive: true });
});

/** @returns the port */
async function serve(text: string): Promise<number> {
  const server = createServer((request, response) => {
    response.end(request.url === "/large" ? Buffer.alloc(2 ** 21, text) : text);
  });
  servers.push(server.listen(0, "127.0.0.1"));
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

test("a host of the list is reached by its name and its address", async () => {
  const { output } = await shell(
    limited,
    `for host in web.example 10.0.2.2; do wget -q -O - http://$host:${allowedPort}/; done;
     wget -q -O - http://web.example:${allowedPort}/large | wc -c`,
  );
  expect(output).toBe(`allowedallowed${2 ** 21}\n`);
});

test("everything else is refused at once: other ports, other names, ping", async () => {
  const { output } = await shell(
    limited,
    `wget -O - http://web.example:${otherPort}/; wget -O - http://192.0.2.1/;
     /bin/resolve other.example; /bin/resolve web.example; ping -c 1 -W 1 10.0.2.2`,
  );
  expect(output.match(/Connection refused/g)).toHaveLength(2);
  expect(output).toMatch(/Name does not resolve\n10\.0\.2\.2\n/);
  expect(output).toContain("0 packets received");
  expect(output).not.toContain("other\n");
});

test("eth1 is the internet, and eth0 is there but down", async () => {
  const { output } = await shell(limited, "ifconfig eth0; ifconfig eth1; route -n");
  const [eth0 = "", eth1 = "", routes = ""] = output.split(/\n(?=eth1|Kernel)/);
  expect(eth0).not.toMatch(/UP|inet addr/);
  expect(eth1).toMatch(/inet addr:10\.0\.2\.15 /);
  expect(routes).toMatch(/^0\.0\.0\.0 +10\.0\.2\.2 .* eth1$/m);
});

test("without a list the settings' outbound reaches everything", async () => {
  const { vm } = await parseSettings("vm: {network: outbound, runtime: system}", "golem-image.yml");
  let output = "";
  const url = `http://10.0.2.2:${otherPort}/`;
  await execInImage({
    path: image.path,
    vm,
    argv: ["/bin/busybox", "wget", "-q", "-O", "-", url],
    put: [],
    get: [],
    onOutput: (_stream, chunk) => {
      output += Buffer.from(chunk).toString();
    },
  });
  expect(output).toBe("other");
});
