// Needs nothing but Node; runs the whole program as processes of their own.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspectGvmi } from "../../src/gvmi/read.ts";
import { testBytes } from "../publish/image-file.ts";
import { buildCli, type CliOptions, type CliResult } from "../support/cli.ts";
import { type Fault, startFaultProxy } from "../support/fault-proxy.ts";
import { superblock, trailer } from "../support/gvmi.ts";
import { TestRegistry } from "../support/test-registry.ts";

const TOKEN = "s3cret-token";
const CHUNK = "POST v1/image/push/chunk";
const MIB = 1024 ** 2;

let golemImage: (args: string[], options?: CliOptions) => Promise<CliResult>;
let registry: TestRegistry;
let directory: string;
let hash: string;

beforeAll(async () => {
  golemImage = await buildCli();
});

beforeEach(async () => {
  registry = await new TestRegistry().start();
  directory = mkdtempSync(join(tmpdir(), "publish-cli-"));
  const path = join(directory, "image.gvmi");
  writeImage(path, 1);
  ({ hash } = await inspectGvmi(path));
});

afterEach(async () => {
  rmSync(directory, { recursive: true });
  await registry.close();
});

/** Seven chunks, and what makes a .gvmi of them. */
function writeImage(path: string, seed: number): void {
  const squashfs = superblock(13 * MIB);
  testBytes(64 * 1024, seed).copy(squashfs, 10 * MIB);
  writeFileSync(path, Buffer.concat([squashfs, trailer("{}")]));
}

function publish(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return golemImage(["publish", ...args], {
    cwd: directory,
    ...options,
    env: {
      REGISTRY_URL: registry.url,
      REGISTRY_USER: "alice",
      REGISTRY_TOKEN: TOKEN,
      ...options.env,
    },
  });
}

const outputOf = ({ stdout, stderr }: CliResult) => `${stdout}\n${stderr}`;

test("an image is published anonymously, and its result is one JSON object", async () => {
  const result = await publish(["image.gvmi", "--to", "registry", "--json"]);
  expect(result).toMatchObject({ exitCode: 0 });
  const [digest] = registry.images.keys();
  const url = `${registry.url}/download/${digest}`;
  expect(JSON.parse(result.stdout)).toMatchObject({
    ...{ hash, url, package: `hash:sha3:${hash}:${url}`, isNew: true, names: [] },
    check: { resume: "works" },
  });
  expect(registry.requests.filter((name) => /login|attach/.test(name))).toEqual([]);
});

test("an image gets its tags, and no output has the token in it", async () => {
  const tags = ["--tag", "alice/hello:1", "--tag", "alice/hello"];
  const result = await publish(["image.gvmi", "--to", "registry", ...tags]);
  expect(result).toMatchObject({ exitCode: 0 });
  expect([...registry.tags.keys()]).toEqual(["alice/hello:1", "alice/hello:latest"]);
  expect(result.stdout).toContain("alice/hello:latest");
  expect(outputOf(result)).not.toContain(TOKEN);
});

test("a .env in the working directory decides nothing", async () => {
  const other = await new TestRegistry().start();
  try {
    writeFileSync(
      join(directory, ".env"),
      `REGISTRY_URL=${other.url}\nREGISTRY_TOKEN=other\nGOLEM_REGISTRY_URL=${other.url}\n`,
    );
    const args = ["image.gvmi", "--to", "registry", "--tag", "alice/hello:1"];
    expect(await publish(args)).toMatchObject({ exitCode: 0 });
    expect(other.requests).toEqual([]);
    const without = await publish(args, { env: { REGISTRY_TOKEN: "" } });
    expect(without.exitCode).toBe(19);
    expect(without.stderr).toContain("REGISTRY_TOKEN is not set");
  } finally {
    await other.close();
  }
});

test("neither a settings file nor an argument can name another registry", async () => {
  writeFileSync(join(directory, "golem-image.yml"), "publish: {to: 'registry:https://x.org'}\n");
  expect((await publish(["image.gvmi"])).exitCode).toBe(3);
  rmSync(join(directory, "golem-image.yml"));
  expect((await publish(["image.gvmi", "--to", "registry:https://x.org"])).exitCode).toBe(2);
});

test("a token is refused to an address that is not encrypted", async () => {
  const env = { REGISTRY_URL: "http://registry.invalid" };
  const args = ["image.gvmi", "--to", "registry", "--tag", "alice/hello:1", "--json"];
  const result = await publish(args, { env });
  expect(result.exitCode).toBe(19);
  expect(JSON.parse(result.stdout).error.message).toContain("is not encrypted");
  expect(outputOf(result)).not.toContain(TOKEN);
});

test("a tag of another image fails, unless it may move", async () => {
  writeImage(join(directory, "other.gvmi"), 2);
  const to = ["--to", "registry", "--tag", "alice/hello:1", "--json"];
  await publish(["other.gvmi", ...to]);
  const [before] = registry.tags.values();
  const refused = await publish(["image.gvmi", ...to]);
  expect(refused.exitCode).toBe(19);
  expect([...registry.tags.values()]).toEqual([before]);
  const moved = await publish(["image.gvmi", ...to, "--on-conflict", "move"]);
  expect(JSON.parse(moved.stdout).names).toMatchObject([{ outcome: "moved" }]);
  expect([...registry.tags.values()]).not.toEqual([before]);
});

test("names that look like commands are names", async () => {
  const name = "-x; $(touch p) `touch p`.gvmi";
  writeImage(join(directory, name), 1);
  expect(await publish(["--to", "registry", "--", name])).toMatchObject({ exitCode: 0 });
  const tagged = await publish(["image.gvmi", "--to", "registry", "--tag", "alice/$(touch p)"]);
  expect(tagged.exitCode).toBe(2);
  expect(existsSync(join(directory, "p"))).toBe(false);
});

test("what the server says cannot change what the terminal shows", async () => {
  const body = `no\r\n::add-path::/evil\u001b[2J ${TOKEN}`;
  const refusal: Fault = { kind: "answer", status: 403, body };
  const proxy = await startFaultProxy(registry.url, () => refusal);
  try {
    const env = { REGISTRY_URL: proxy.url };
    const result = await publish(["image.gvmi", "--to", "registry", "--tag", "alice/a"], { env });
    expect(result.exitCode).toBe(19);
    expect(result.stderr).toContain("no\\u000d\\u000a::add-path::/evil\\u001b[2J ***");
    expect(outputOf(result)).not.toContain("\u001b[2J");
  } finally {
    await proxy.close();
  }
});

describe("a publication that is killed", () => {
  test.each([
    ["SIGKILL", 143],
    ["SIGINT", 130],
  ] as const)("by %s goes on where it ended", async (signal, exitCode) => {
    let kill: (name: NodeJS.Signals) => void = () => {};
    registry.onRequest = async (name) => {
      if (name !== CHUNK || registry.count(CHUNK) < 6) return;
      // Neither this chunk nor those beside it are stored before the process is gone.
      kill(signal);
      await ended;
      throw new Error("the client is gone");
    };
    const args = ["image.gvmi", "--to", "registry", "--json"];
    const running = publish(args, {
      onStderr: (_, killRun) => {
        kill = killRun;
      },
    });
    const ended = running.then(() => {});
    expect((await running).exitCode).toBe(exitCode);
    const [digest = ""] = registry.images.keys();
    expect(registry.contents(digest)).toBeUndefined();
    registry.onRequest = () => {};
    const missing = 7 - (registry.images.get(digest)?.chunks.size ?? 0);
    expect(missing).toBeLessThan(7);
    registry.requests.length = 0;
    expect(JSON.parse((await publish(args)).stdout)).toMatchObject({ hash, isNew: true });
    expect(registry.count(CHUNK)).toBeLessThanOrEqual(missing);
    const image = readFileSync(join(directory, "image.gvmi"));
    expect(registry.contents(digest)?.equals(image)).toBe(true);
  });
});
