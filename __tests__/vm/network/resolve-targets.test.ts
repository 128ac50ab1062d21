import { MissingToolError } from "../../../src/errors.ts";
import { formatIpv4 } from "../../../src/vm/network/ipv4.ts";
import { parseOutboundUrl } from "../../../src/vm/network/outbound-url.ts";
import { resolveTargets } from "../../../src/vm/network/resolve-targets.ts";

const targets = ["http://web.example", "tcp://10.1.2.3:4", "https://web.example"].map(
  parseOutboundUrl,
);

test("names are looked up once each, addresses are not", async () => {
  const asked: string[] = [];
  const resolved = await resolveTargets(targets, {
    resolve: async (name) => {
      asked.push(name);
      return ["192.0.2.1", "2001:db8::1", "192.0.2.2"];
    },
  });
  expect(asked).toEqual(["web.example"]);
  expect(resolved.map(({ addresses }) => addresses.map(formatIpv4))).toEqual([
    ["192.0.2.1", "192.0.2.2"],
    ["10.1.2.3"],
    ["192.0.2.1", "192.0.2.2"],
  ]);
});

test.each([
  ["fails", () => Promise.reject(new Error("ENOTFOUND"))],
  ["has IPv6 addresses alone", async () => ["2001:db8::1"]],
])("a name whose look-up %s is named", async (_case, resolve) => {
  const resolving = resolveTargets(targets, { resolve });
  await expect(resolving).rejects.toThrow(MissingToolError);
  await expect(resolving).rejects.toThrow("web.example");
});

test("an interruption does not wait for a look-up", async () => {
  const controller = new AbortController();
  const resolving = resolveTargets(targets, {
    resolve: () => new Promise(() => {}),
    signal: controller.signal,
  });
  controller.abort(new Error("interrupted"));
  await expect(resolving).rejects.toThrow("interrupted");
});
