import { parseOutboundUrl } from "../../../src/vm/network/outbound-url.ts";
import { parseNetworkRequest } from "../../../src/vm/network/request.ts";

test.each([
  ["https://Example.org/path?q#f", "tcp", "example.org", 443],
  ["http://example.org.:8080", "tcp", "example.org", 8080],
  ["wss://a-b.example/", "tcp", "a-b.example", 443],
  ["tcp://10.0.2.2:5432", "tcp", "10.0.2.2", 5432],
  ["udp://time.example:123", "udp", "time.example", 123],
])("%s is %s, %s, port %d", (url, protocol, host, port) => {
  expect(parseOutboundUrl(url)).toEqual({ url, protocol, host, port });
});

test.each([
  ["example.org", "not a URL"],
  ["gopher://example.org", "scheme"],
  ["tcp://example.org", "no port"],
  ["http://example.org:0", "port 0"],
  ["https://user:secret@example.org", "credentials"],
  ["http://[::1]/", "IPv4 only"],
  ["http://localhost:8080", "10.0.2.2"],
  ["http://127.1/", "10.0.2.2"],
  ["tcp://a,b:80", "not a name"],
])("%s is refused: %s", (url, why) => {
  expect(() => parseOutboundUrl(url)).toThrow(why);
});

test("the command line names a network, or URLs one by one", () => {
  expect(parseNetworkRequest("vpn")).toBe("vpn");
  const first = parseNetworkRequest("outbound:https://a.example");
  expect(parseNetworkRequest("outbound:https://b.example", first)).toMatchObject({
    outbound: [{ host: "a.example" }, { host: "b.example" }],
  });
  expect(() => parseNetworkRequest("bridge")).toThrow('Unknown network: "bridge"');
});
