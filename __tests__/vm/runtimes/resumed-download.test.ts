import { createHash } from "node:crypto";
import { mkdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { sha256 } from "../../support/archives.ts";
import { bundleEntries, tarball, VERSION } from "../../support/runtime-bundle.ts";
import { failure, servedBundles } from "./served-bundles.ts";

const content = tarball();
const { cache, serve, get, unfinished } = servedBundles();

/** Breaks the connection as soon as the first bytes have been written down. */
async function breakOff(response: ServerResponse): Promise<void> {
  response.writeHead(200, { "content-length": content.length, etag: '"1"' });
  response.write(content.subarray(0, 50_000));
  const isWritten = async () => {
    for (const name of await unfinished()) {
      const body = await stat(join(cache(), "unfinished", name, "body")).catch(() => undefined);
      if (body?.size === 50_000) return true;
    }
    return false;
  };
  while (!(await isWritten())) await delay(5);
  response.destroy();
}

describe("a download that was cut off", () => {
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
    const { requests } = await serve(({ response, count, serve }) => {
      if (count > 1) return serve(content);
      breakOff(response);
    });
    const once = { limits: { attempts: 1 } };
    expect((await failure(get({}, once))).message).toContain("the connection broke");
    const [left = ""] = await unfinished();
    const part = join(cache(), "unfinished", left, "body");
    expect(content.subarray(0, 50_000)).toEqual(await readFile(part));
    await get({}, once);
    expect(requests[1]).toContain(" bytes=50000-");
    expect(requests).toHaveLength(2);
    expect(await unfinished()).toEqual([]);
  });

  test("takes over what a killed run left, but not what another run is at", async () => {
    const { url, requests } = await serve((download) => download.serve(content));
    const key = createHash("sha256")
      .update(JSON.stringify([`${url}/${VERSION}/ya-runtime-vm-linux-${VERSION}.tar.gz`, null]))
      .digest("hex")
      .slice(0, 16);
    const partial = async (name: string, age: number) => {
      const path = join(cache(), "unfinished", `download-${key}-${name}`);
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
});
