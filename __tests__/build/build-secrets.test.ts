import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { removeSecrets, secretFlags, storeSecrets } from "../../src/build/build-secrets.ts";
import { buildCommand } from "../../src/build/buildah.ts";
import type { BuildPlan } from "../../src/build/builder.ts";
import { buildxCommand } from "../../src/build/buildx.ts";
import { dockerBuildCommand } from "../../src/build/docker.ts";

let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "gi-secrets-"));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("each secret is in a file that this user alone can read, until it is removed", async () => {
  const source = join(directory, "client.pem");
  writeFileSync(source, "line 1\nline 2\n", { mode: 0o644 });
  const sources = { npm: { env: "NPM_TOKEN" }, "client.key": { file: source } };
  const secrets = await storeSecrets(sources, directory, { NPM_TOKEN: "abc" });
  expect(secrets.map(({ id, file }) => [id, readFileSync(file, "utf8")])).toEqual([
    ["npm", "abc"],
    ["client.key", "line 1\nline 2\n"],
  ]);
  for (const { file } of secrets) expect(statSync(file).mode & 0o777).toBe(0o600);
  await removeSecrets(directory);
  expect(readdirSync(directory)).toEqual(["client.pem"]);
});

test.each([
  [{ npm: { env: "NPM_TOKEN" } }, "NPM_TOKEN is not set"],
  [{ npm: { file: "/nowhere/token" } }, "/nowhere/token (ENOENT)"],
  [{ "a,src=/etc/shadow": { env: "HOME" } }, "Invalid id of a build secret"],
])("a secret that is not there, or cannot be named, is told: %j", async (sources, message) => {
  await expect(storeSecrets(sources, directory, { HOME: "/" })).rejects.toThrow(message);
});

test("builders are told the files, and never what is in them", () => {
  const plan: BuildPlan = {
    ...{ context: "/c", dockerfile: "/c/Dockerfile", args: {}, baseImages: [] },
    secrets: [{ id: "npm", file: "/tmp/x/secrets/0" }],
    ...{ cacheFrom: ["type=gha"], cacheTo: ["type=gha,mode=max"], outputDirectory: "/tmp/x" },
  };
  const flag = "--secret=id=npm,src=/tmp/x/secrets/0";
  expect(secretFlags(plan.secrets)).toEqual([flag]);
  expect(buildxCommand(plan).args).toEqual(
    expect.arrayContaining([flag, "--cache-from=type=gha", "--cache-to=type=gha,mode=max"]),
  );
  expect(dockerBuildCommand(plan, "tag", "component").args).toContain(flag);
  expect(buildCommand(plan, [], {}, { version: "buildah 1.33.0" }).args).toContain(flag);
});
