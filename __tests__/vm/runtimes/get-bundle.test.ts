import { createHash } from "node:crypto";
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  utimes,
  writeFile,
} from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { MissingToolError } from "../../../src/errors.ts";
import { getBundle } from "../../../src/vm/runtimes/get-bundle.ts";
import { LocalBundleStore } from "../../../src/vm/runtimes/local-bundle-store.ts";
import type { RuntimeRequest } from "../../../src/vm/runtimes/request.ts";
import { sha256 } from "../../support/archives.ts";
import {
  type BundleServer,
  bundleEntries,
  bundleServer,
  type Download,
  tarball,
  VERSION,
} from "../../support/runtime-bundle.ts";

const content = tarball();
const limits = { stallMs: 400, attempts: 3, retryDelayMs: 5 };

let cache: string;
let store: LocalBundleStore;
let server: BundleServer | undefined;

beforeEach(async () => {
  cache = join(await mkdtemp(join(tmpdir(), "gi-")), "a cache, with spaces");
  store = new LocalBundleStore(cache);
});

afterEach(async () => {
  await server?.close();
  server = undefined;
  await rm(join(cache, ".."), { recursive: true });
});

async function serve(answer: (download: Download) => void): Promise<BundleServer> {
  await server?.close();
  server = await bundleServer(answer);
  return server;
}

/** Gets a bundle from the server of the test. */
function get(request: Partial<RuntimeRequest> = {}, options: { signal?: AbortSignal } = {}) {
  const fromServer = { name: "ya-runtime-vm", version: VERSION, mirror: server?.url } as const;
  return getBundle({ ...fromServer, ...request }, { store, limits, ...options });
}

async function failure(getting: Promise<unknown>): Promise<MissingToolError> {
  const error = await getting.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(MissingToolError);
  return error;
}

/** What stands in the cache, apart from the directory for what is not finished. */
async function kept(): Promise<string[]> {
  return readdir(join(cache, "ya-runtime-vm")).catch(() => []);
}

/** Breaks the connection as soon as the first bytes have been written down. */
async function breakOff(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-length": content.length, etag: '"1"' });
  response.write(content.subarray(0, 50_000));
  const isWritten = async () => {
    for (const name of await unfinished()) {
      const body = await stat(join(cache, "unfinished", name, "body")).catch(() => undefined);
      if (body?.size === 50_000) return true;
    }
    return false;
  };
  while (!(await isWritten())) await delay(5);
  response.destroy();
}

const unfinished = () => readdir(join(cache, "unfinished")).catch(() => []);

describe("a bundle from a server", () => {
  test("is asked for under its tag, unpacked, and afterwards taken from the cache", async () => {
    const { requests } = await serve((download) => download.serve(content));
    const bundle = await get();
    expect(requests).toEqual([`GET /${VERSION}/ya-runtime-vm-linux-${VERSION}.tar.gz`]);
    expect(bundle).toMatchObject({ version: VERSION, checkedBy: undefined });
    expect(await readFile(bundle.initramfs, "utf8")).toBe("initramfs");
    expect(await readFile(join(bundle.directory, "bios-256k.bin"), "utf8")).toBe("firmware");
    // The provider's own program is of no use here.
    expect(await readdir(join(bundle.directory, ".."))).toEqual(["bundle.json", "runtime"]);
    expect(await get()).toEqual(bundle);
    expect(requests).toHaveLength(1);
    expect(await unfinished()).toEqual([]);
  });

  test("has the digest that it must have, or nothing of it is kept", async () => {
    await serve((download) => download.serve(content));
    const wrong = "0".repeat(64);
    const error = await failure(get({ sha256: wrong }));
    expect(error.message).toContain(`its SHA-256 is ${sha256(content)}, not ${wrong}.`);
    expect(await kept()).toEqual([]);
    expect(await unfinished()).toEqual([]);
    const bundle = await get({ sha256: sha256(content).toUpperCase() });
    expect(bundle.checkedBy).toBe("tarball");
  });

  test("that was kept without a digest does not do for who demands one", async () => {
    const { requests } = await serve((download) => download.serve(content));
    await get();
    await failure(get({ sha256: "0".repeat(64) }));
    expect(requests).toHaveLength(2);
  });

  test("of 0.5.2 must have the vmrt of 0.5.2, wherever it comes from", async () => {
    const entries = bundleEntries({ vmrt: "#!/bin/sh\nevil\n" }, "v0.5.2");
    await serve((download) => download.serve(tarball(entries)));
    const error = await failure(get({ version: "v0.5.2" }));
    expect(error.message).toMatch(/is not the vmrt of ya-runtime-vm v0\.5\.2: its SHA-256 is/);
    expect(await kept()).toEqual([]);
    expect(
      (
        await failure(
          get({ url: `${server?.url}/x.tar.gz`, version: undefined, mirror: undefined }),
        )
      ).message,
    ).toMatch(/is not the vmrt of/);
  });

  test("that says to be another version is refused", async () => {
    await serve((download) => download.serve(content));
    const error = await failure(get({ version: "v0.4.2" }));
    expect(error.message).toContain(`was to be v0.4.2 holds ${VERSION}`);
  });

  test("goes on where the connection broke, within a run", async () => {
    const { requests } = await serve(({ response, count, serve }) => {
      if (count > 1) return serve(content);
      breakOff(response);
    });
    await get({ sha256: sha256(content) });
    expect(requests).toHaveLength(2);
    expect(requests[1]).toContain(" bytes=50000-");
  });

  test("goes on where an earlier run was cut off", async () => {
    await serve(({ response }) => {
      breakOff(response);
    });
    const { url } = server as BundleServer;
    const broken = { name: "ya-runtime-vm", version: VERSION, mirror: url } as const;
    const once = { store, limits: { ...limits, attempts: 1 } };
    expect((await failure(getBundle(broken, once))).message).toContain("the connection broke");
    const [left = ""] = await unfinished();
    const part = join(cache, "unfinished", left, "body");
    expect(content.subarray(0, 50_000)).toEqual(await readFile(part));
    await server?.close();
    // The same address again, as a server that was restarted.
    server = await bundleServer(({ serve }) => serve(content), Number(new URL(url).port));
    await getBundle(broken, once);
    expect(server.requests).toEqual([expect.stringContaining(" bytes=50000-")]);
    expect(await unfinished()).toEqual([]);
  });

  test("takes over what a killed run left, but not what another run is at", async () => {
    const { requests } = await serve((download) => download.serve(content));
    const key = createHash("sha256")
      .update(
        JSON.stringify([`${server?.url}/${VERSION}/ya-runtime-vm-linux-${VERSION}.tar.gz`, null]),
      )
      .digest("hex")
      .slice(0, 16);
    const partial = async (name: string, age: number) => {
      const path = join(cache, "unfinished", `download-${key}-${name}`);
      await mkdir(path, { recursive: true });
      await writeFile(
        join(path, "origin.json"),
        JSON.stringify({ validator: '"1"', total: content.length }),
      );
      await writeFile(join(path, "body"), content.subarray(0, 1_000));
      const time = new Date(Date.now() - age);
      await utimes(join(path, "body"), time, time);
    };
    await partial("killed", 10 * 60_000);
    await partial("living", 0);
    await get();
    expect(requests).toEqual([expect.stringContaining(" bytes=1000-")]);
    expect(await unfinished()).toEqual([`download-${key}-living`]);
  });

  test("starts again when the file has changed meanwhile", async () => {
    const changed = tarball(bundleEntries({ "initramfs.cpio.gz": "changed" }));
    const { requests } = await serve(({ response, count, serve }) => {
      if (count > 1) return serve(changed, { etag: '"2"' });
      breakOff(response);
    });
    const bundle = await get({ sha256: sha256(changed) });
    expect(await readFile(bundle.initramfs, "utf8")).toBe("changed");
    expect(requests).toHaveLength(2);
  });

  test.each([
    ["another start", `bytes 7-${content.length - 1}/${content.length}`, 206],
    ["another length", `bytes 50000-${content.length}/${content.length + 1}`, 206],
    ["no range at all", "", 206],
    ["that there is no such range", `bytes */${content.length}`, 416],
  ])("starts again when the server sends a wrong part: %s", async (_case, range, status) => {
    const { requests } = await serve(({ response, count, serve }) => {
      if (count > 2) return serve(content);
      if (count === 2) {
        response.writeHead(status, range === "" ? {} : { "content-range": range });
        response.end(content.subarray(7, 100));
        return;
      }
      breakOff(response);
    });
    await get({ sha256: sha256(content) });
    expect(requests).toHaveLength(3);
    expect(requests[2]).not.toContain("bytes=");
  });

  test("that ends too early, without a length, is found to be damaged and not kept", async () => {
    await serve(({ response }) => response.end(content.subarray(0, 100_000)));
    const error = await failure(get());
    expect(error.message).toContain("its compressed data is damaged or ends too early");
    expect(await kept()).toEqual([]);
    expect(await unfinished()).toEqual([]);
  });

  test("that stands still is asked for again", async () => {
    const { requests } = await serve(({ response, count, serve }) => {
      if (count > 1) return serve(content);
      response.writeHead(200, { "content-length": content.length, etag: '"1"' });
      response.write(content.subarray(0, 50_000));
    });
    await get();
    expect(requests).toHaveLength(2);
  });

  test("that only drips stands still as well", async () => {
    await serve(({ response }) => {
      response.writeHead(200, { "content-length": content.length, etag: '"1"' });
      const drip = setInterval(() => response.write("x"), 50);
      response.on("close", () => clearInterval(drip));
    });
    expect((await failure(get())).message).toContain("next to nothing arrived for 0.4 s");
  });

  test("is asked for again after a passing failure of the server, but not after a final one", async () => {
    const passing = await serve(({ response, count, serve }) => {
      if (count > 2) return serve(content);
      response.writeHead(count === 1 ? 503 : 429, { "retry-after": "0" }).end("busy");
    });
    await get();
    expect(passing.requests).toHaveLength(3);
    const final = await serve(({ response }) => response.writeHead(404).end());
    const error = await failure(get());
    expect(error.message).toMatch(/cannot be downloaded from http:.*: the server answered 404\.$/);
    expect(final.requests).toHaveLength(1);
  });

  test("is followed through redirects, but not from anywhere to an unencrypted host", async () => {
    await serve(({ request, response, serve }) => {
      if (request.url === "/there") return serve(content);
      response.writeHead(302, { location: "/there" }).end();
    });
    await get();
    await serve(({ response }) =>
      response.writeHead(302, { location: "http://example.invalid/x" }).end(),
    );
    expect((await failure(get())).message).toContain(
      "http://example.invalid/x is not encrypted, so what it sends can be trusted only with a sha256",
    );
    await serve(({ response }) => response.writeHead(302, { location: "/again" }).end());
    expect((await failure(get())).message).toContain("more than 10 redirects");
  });

  test("that is too large is refused, whether or not the server says so", async () => {
    for (const headers of [{ "content-length": content.length }, {}]) {
      await serve(({ response }) => response.writeHead(200, headers).end(content));
      const request = { name: "ya-runtime-vm", version: VERSION, mirror: server?.url } as const;
      const getting = getBundle(request, { store, limits: { ...limits, maxBytes: 100_000 } });
      expect((await failure(getting)).message).toContain("larger than the limit of 100000 bytes");
    }
  });

  test("is one whole entry when many ask for it at once", async () => {
    await serve((download) => download.serve(content));
    const bundles = await Promise.all(Array.from({ length: 8 }, () => get()));
    expect(new Set(bundles.map((bundle) => bundle.directory)).size).toBe(1);
    expect(await kept()).toHaveLength(1);
    expect(await unfinished()).toEqual([]);
  });

  test("is fetched again when what was kept is no longer what it was", async () => {
    const { requests } = await serve((download) => download.serve(content));
    for (const damage of [
      (runtime: string) => writeFile(join(runtime, "vmlinuz-virt"), "other"),
      (runtime: string) => rm(join(runtime, "bios-256k.bin")),
      (runtime: string) => writeFile(join(runtime, "../bundle.json"), "{"),
      (runtime: string) => chmod(join(runtime, "vmrt"), 0o644),
    ]) {
      const { directory: runtime } = await get();
      const before = requests.length;
      await damage(runtime);
      const bundle = await get();
      expect(requests).toHaveLength(before + 1);
      expect(await readFile(bundle.initramfs, "utf8")).toBe("initramfs");
    }
  });

  test("is not waited for any longer when the run is interrupted", async () => {
    await serve(({ response }) =>
      response.writeHead(200, { "content-length": 10 ** 6 }).write("x"),
    );
    const controller = new AbortController();
    const getting = get({}, { signal: controller.signal });
    const reason = new Error("interrupted");
    setTimeout(() => controller.abort(reason), 50);
    await expect(getting).rejects.toBe(reason);
    expect(await kept()).toEqual([]);
  });
});
