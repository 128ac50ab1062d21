import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ToolCacheStore } from "../../src/cache/tool-cache-store.ts";
import { getBundle } from "../../src/vm/runtimes/get-bundle.ts";
import { bundle as bundleModule } from "../support/cli.ts";
import { bundleEntries, bundleServer, tarball, VERSION } from "../support/runtime-bundle.ts";

/** From a bundle, as the action has it. */
let Store: typeof ToolCacheStore;
let workspace: string;
let store: ToolCacheStore;

beforeAll(async () => {
  Store = require(await bundleModule("src/cache/tool-cache-store.ts")).ToolCacheStore;
});

beforeEach(async () => {
  // The tool cache reports to the workflow's log, which is this process's stdout.
  jest.spyOn(process.stdout, "write").mockImplementation(() => true);
  workspace = await mkdtemp(join(tmpdir(), "gi-"));
  process.env.RUNNER_TOOL_CACHE = join(workspace, "tools");
  store = new Store(join(workspace, "temp"));
});

afterEach(async () => {
  jest.restoreAllMocks();
  delete process.env.RUNNER_TOOL_CACHE;
  await rm(workspace, { recursive: true });
});

test.each([VERSION, "nightly"])(
  "a runner's tool cache keeps the release %s, and a damaged one is fetched again",
  async (version) => {
    const content = tarball(bundleEntries({}, version));
    const server = await bundleServer(({ serve }) => serve(content));
    try {
      const request = { name: "ya-runtime-vm", version, mirror: server.url } as const;
      const get = () => getBundle(request, { store });
      const bundle = await get();
      expect(bundle.directory.startsWith(join(workspace, "tools", "ya-runtime-vm"))).toBe(true);
      expect(await get()).toEqual(bundle);
      expect(server.requests).toHaveLength(1);
      await writeFile(bundle.initramfs, "damaged");
      expect(await get()).toEqual(bundle);
      expect(server.requests).toHaveLength(2);
    } finally {
      await server.close();
    }
  },
);
