import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MissingToolError } from "../../../src/errors.ts";
import { getBundle } from "../../../src/vm/runtimes/get-bundle.ts";
import { LocalBundleStore } from "../../../src/vm/runtimes/local-bundle-store.ts";
import type { RuntimeRequest } from "../../../src/vm/runtimes/request.ts";
import {
  type BundleServer,
  bundleServer,
  type Download,
  VERSION,
} from "../../support/runtime-bundle.ts";

const LIMITS = { stallMs: 20_000, attempts: 3, retryDelayMs: 5 };

/** For the tests of a file: before each an empty cache, after each no server and no cache. */
export function servedBundles() {
  let cache: string;
  let server: BundleServer | undefined;

  beforeEach(async () => {
    cache = join(await mkdtemp(join(tmpdir(), "gi-")), "a cache, with spaces");
  });

  afterEach(async () => {
    await server?.close();
    server = undefined;
    await rm(join(cache, ".."), { recursive: true });
  });

  return {
    cache: () => cache,

    /** Serves in place of the server before. */
    async serve(answer: (download: Download) => void): Promise<BundleServer> {
      await server?.close();
      server = await bundleServer(answer);
      return server;
    },

    /** Gets a bundle from the server. */
    get(
      request: Partial<RuntimeRequest> = {},
      options: {
        signal?: AbortSignal;
        limits?: Partial<typeof LIMITS & { maxBytes: number }>;
      } = {},
    ) {
      const fromServer = { name: "ya-runtime-vm", version: VERSION, mirror: server?.url } as const;
      return getBundle(
        { ...fromServer, ...request },
        {
          ...options,
          store: new LocalBundleStore(cache),
          limits: { ...LIMITS, ...options.limits },
        },
      );
    },

    /** Names of what is kept. */
    kept: (): Promise<string[]> => readdir(join(cache, "ya-runtime-vm")).catch(() => []),

    /** Names of what is under way or was left. */
    unfinished: (): Promise<string[]> => readdir(join(cache, "unfinished")).catch(() => []),
  };
}

/** The error by which getting a bundle must end. */
export async function failure(getting: Promise<unknown>): Promise<MissingToolError> {
  const error = await getting.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(MissingToolError);
  return error;
}
