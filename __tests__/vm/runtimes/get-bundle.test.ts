import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sha256 } from "../../support/archives.ts";
import { bundleEntries, tarball, VERSION } from "../../support/runtime-bundle.ts";
import { failure, servedBundles } from "./served-bundles.ts";

const content = tarball();
const { serve, get, kept, unfinished } = servedBundles();

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
    const { url } = await serve((download) => download.serve(tarball(entries)));
    const error = await failure(get({ version: "v0.5.2" }));
    expect(error.message).toMatch(/is not the vmrt of ya-runtime-vm v0\.5\.2: its SHA-256 is/);
    expect(await kept()).toEqual([]);
    expect(
      (await failure(get({ url: `${url}/x.tar.gz`, version: undefined, mirror: undefined })))
        .message,
    ).toMatch(/is not the vmrt of/);
  });

  test("that says to be another version is refused", async () => {
    await serve((download) => download.serve(content));
    const error = await failure(get({ version: "v0.4.2" }));
    expect(error.message).toContain(`was to be v0.4.2 holds ${VERSION}`);
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
    await get({}, { limits: { stallMs: 3000 } });
    expect(requests).toHaveLength(2);
  });

  test("that only drips stands still as well", async () => {
    await serve(({ response }) => {
      response.writeHead(200, { "content-length": content.length, etag: '"1"' });
      const drip = setInterval(() => response.write("x"), 50);
      response.on("close", () => clearInterval(drip));
    });
    expect((await failure(get({}, { limits: { stallMs: 300, attempts: 1 } }))).message).toContain(
      "next to nothing arrived for 0.3 s",
    );
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
      expect((await failure(get({}, { limits: { maxBytes: 100_000 } }))).message).toContain(
        "larger than the limit of 100000 bytes",
      );
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
