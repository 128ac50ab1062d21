import { parseSettings } from "../../src/settings/load-settings.ts";
import type { SettingsFileError } from "../../src/settings/settings-file-error.ts";

async function network(text: string) {
  return (await parseSettings(`vm: {network: ${text}}`, "golem-image.yml")).vm.network;
}

test("a VM has no network unless the settings give it one", async () => {
  expect((await parseSettings("", "golem-image.yml")).vm.network).toBe("none");
  expect(await network("vpn")).toBe("vpn");
  expect(await network("outbound")).toBe("outbound");
});

test("outbound access can be limited to URLs, of which host and port count", async () => {
  expect(await network('{outbound: ["https://Example.org/a?b", "udp://10.1.2.3:123"]}')).toEqual({
    outbound: [
      { url: "https://Example.org/a?b", protocol: "tcp", host: "example.org", port: 443 },
      { url: "udp://10.1.2.3:123", protocol: "udp", host: "10.1.2.3", port: 123 },
    ],
  });
});

test.each([
  [
    "vnp",
    'vm.network: expected one of none, vpn, outbound, or outbound: with a list of URLs, got "vnp"',
  ],
  [
    "{outbound: []}",
    "vm.network.outbound: expected a list of URLs, such as [https://example.org], got a list",
  ],
  [
    "{outbound: [example.org]}",
    'vm.network.outbound[0]: Invalid URL for outbound access: "example.org": it is not a URL.',
  ],
  ["{inbound: []}", "vm.network.inbound: unknown key"],
])("a network that cannot be is refused, and why: %s", async (text, expected) => {
  const error = await network(text).catch((caught: SettingsFileError) => caught);
  expect((error as SettingsFileError).message).toContain(expected);
});
