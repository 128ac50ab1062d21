// Needs tar, which the cache's client packs with. GitHub's own service is played by a server on loopback.
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GithubStore } from "../../src/cache/github-store.ts";
import { ActionsCacheServer } from "../support/actions-cache-server.ts";
import { bundle } from "../support/cli.ts";

/** From a bundle: one by one, the hundreds of modules of the cache's client take half a minute to load. */
let Store: typeof GithubStore;
let directory: string;
let server: ActionsCacheServer;
const saved = { ...process.env };

beforeAll(async () => {
  Store = require(await bundle("src/cache/github-store.ts")).GithubStore;
});

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "github-cache-"));
  server = new ActionsCacheServer();
  await server.listen();
  Object.assign(process.env, {
    ACTIONS_CACHE_SERVICE_V2: "true",
    ACTIONS_RESULTS_URL: `${server.url}/`,
    ACTIONS_RUNTIME_TOKEN: "token",
    GITHUB_WORKSPACE: directory,
    RUNNER_TEMP: directory,
  });
  delete process.env.GITHUB_SERVER_URL;
  // The client reports to the workflow's log, which is this process's stdout.
  jest.spyOn(process.stdout, "write").mockImplementation(() => true);
});
afterEach(async () => {
  jest.restoreAllMocks();
  process.env = { ...saved };
  await server.close();
  rmSync(directory, { recursive: true });
});

const key = (content: string, options = "options") => ({ options, content });

/** A store as another job has it: at the same path, with nothing in it. */
function store(): GithubStore {
  const path = join(directory, "conversions");
  rmSync(path, { recursive: true, force: true });
  return new Store(path);
}

function conversion(content: Buffer) {
  const path = join(directory, "made.gvmi");
  writeFileSync(path, content);
  const digest = (algorithm: string) => createHash(algorithm).update(content).digest("hex");
  const hashes = { hash: digest("sha3-224"), sha256: digest("sha256"), size: content.length };
  return { path, blockIndex: Buffer.from("index"), hashes, diffIds: ["sha256:a"] };
}

async function found(...query: Parameters<GithubStore["find"]>) {
  const result = await store().find(...query);
  if (!result) return undefined;
  const { sha256 } = result.entry.hashes;
  const content = createHash("sha256")
    .update(await result.entry.gvmi.readFile())
    .digest("hex");
  await result.entry.close();
  return {
    kind: result.kind,
    isWhole: content === sha256,
    index: result.entry.blockIndex.toString(),
  };
}

test("what one job saves another one finds, by its key or near it", async () => {
  await store().save(key("a"), conversion(randomBytes(3_000_000)));
  expect(await found(key("a"), [])).toEqual({ kind: "hit", isWhole: true, index: "index" });
  expect(await found(key("b"), [])).toEqual({ kind: "near", isWhole: true, index: "index" });
  expect(await found(key("a", "other options"), [])).toBeUndefined();
});

test("two jobs that save the same conversion are both fine", async () => {
  const made = conversion(Buffer.from("one"));
  await store().save(key("a"), made);
  await store().save(key("a"), made);
  expect(server.entries).toHaveLength(1);
});

test("a service that refuses, answers nonsense or is not there never fails a conversion", async () => {
  const made = conversion(Buffer.from("one"));
  await store().save(key("a"), made);
  for (const [path, blob] of server.blobs) server.blobs.set(path, blob.subarray(0, 50));
  expect(await found(key("a"), [])).toBeUndefined();
  server.failWith = 403;
  expect(await found(key("a"), [])).toBeUndefined();
  await store().save(key("b"), made);
  delete process.env.ACTIONS_RESULTS_URL;
  expect(await found(key("a"), [])).toBeUndefined();
  await store().save(key("c"), made);
});
