import { useServer } from "../support.ts";

const server = useServer();

const login = (url: string, password: string, headers: Record<string, string> = {}) =>
  fetch(`${url}/auth/pat/login`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ username: "alice", password }),
  });

it("believes the proxy's word of an address, and not what the sender wrote before it", async () => {
  await server.addUser("alice");
  const { url } = await server.start({ trustsProxy: true });
  const statusFrom = async (addresses: string) =>
    (await login(url, "wrong", { "x-forwarded-for": addresses })).status;
  const guesses = Array.from({ length: 11 }, (_, n) => statusFrom(`10.0.0.${n}, 192.0.2.7`));
  const statuses = await Promise.all(guesses);
  expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  expect(await statusFrom("192.0.2.7, 192.0.2.8")).toBe(401);
});

it("lets many log in at once from one address", async () => {
  const token = await server.addUser("alice");
  const { url } = await server.start();
  const logins = Array.from({ length: 30 }, () => login(url, token));
  const statuses = (await Promise.all(logins)).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set([200]));
});
