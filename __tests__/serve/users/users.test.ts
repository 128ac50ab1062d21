import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SettingsError } from "../../../src/errors.ts";
import { FailureLimit } from "../../../src/serve/users/failure-limit.ts";
import { hashToken, matchesToken } from "../../../src/serve/users/token-hash.ts";
import { UserDirectory } from "../../../src/serve/users/user-directory.ts";
import { addUser, readUsers } from "../../../src/serve/users/users-file.ts";
import { useDirectory } from "../../publish/image-file.ts";

const directory = useDirectory();
const file = () => join(directory.path, "users");

it("knows a token by its hash, which differs each time", async () => {
  const [first, second] = [await hashToken("token"), await hashToken("token")];
  expect(first).not.toBe(second);
  expect(await matchesToken("token", first)).toBe(true);
  expect(await matchesToken("other", first)).toBe(false);
});

it("lets a user have several tokens, each of which is right for that user alone", async () => {
  const first = await addUser(file(), "alice");
  const second = await addUser(file(), "alice");
  const bobs = await addUser(file(), "bob");
  const users = new UserDirectory(file());
  expect(await users.verify("alice", first)).toBe(true);
  expect(await users.verify("alice", second)).toBe(true);
  expect(await users.verify("alice", bobs)).toBe(false);
  expect(await users.verify("carol", first)).toBe(false);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

it("withdraws a token as soon as its line is gone", async () => {
  const token = await addUser(file(), "alice");
  const users = new UserDirectory(file());
  expect(await users.verify("alice", token)).toBe(true);
  writeFileSync(file(), "# nobody\n\n");
  expect(await users.verify("alice", token)).toBe(false);
});

it.each(["alice", "alice:token", ":scrypt$", "a/b:scrypt$16384$8$5$x$y"])(
  "names the line that is wrong and not what it holds: %s",
  async (line) => {
    writeFileSync(file(), `# users\n${line}\n`);
    const error = await readUsers(file()).catch((reason) => reason);
    expect(error).toBeInstanceOf(SettingsError);
    expect(error.message).toContain("line 2");
    expect(error.message).not.toContain("token");
  },
);

it.each(["", "..", "a/b", "a:b", "a\nb", "é"])("takes %j for no name", async (name) => {
  await expect(addUser(file(), name)).rejects.toThrow(SettingsError);
});

it("counts failures of each address, for a minute", () => {
  let now = 0;
  const limit = new FailureLimit(2, () => now);
  limit.add("a");
  limit.assertAllowed("a");
  limit.add("a");
  expect(() => limit.assertAllowed("a")).toThrow("Too many");
  limit.assertAllowed("b");
  now = 60_000;
  limit.assertAllowed("a");
});

it("loses no token when several are made at once, and mends a last line without an end", async () => {
  writeFileSync(file(), "# users", { mode: 0o644 });
  const names = Array.from({ length: 6 }, (_, number) => `user${number}`);
  const tokens = await Promise.all(names.map((name) => addUser(file(), name)));
  const users = new UserDirectory(file());
  for (const [index, name] of names.entries()) {
    expect(await users.verify(name, tokens[index] ?? "")).toBe(true);
  }
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});
