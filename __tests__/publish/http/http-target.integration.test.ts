// Needs a WebDAV server, which pip gets at the first run; says so and is skipped where that does not work.
import { readdirSync, readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { HttpTarget, type HttpTargetSettings } from "../../../src/publish/http/http-target.ts";
import type { PublishFile, PublishOptions } from "../../../src/publish/publish-target.ts";
import { type DavServer, findDavServer, startDavServer } from "../../support/dav-server.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "../../support/fault-proxy.ts";
import { freePort } from "../../support/wait-until-open.ts";
import { testBytes, useDirectory, writeImage } from "../image-file.ts";
import { failureOf, TOKEN } from "../registry/support.ts";

const library = findDavServer();
const reason = library ? "" : " (skipped: there is no wsgidav, and pip cannot get it)";

(library ? describe : describe.skip)(`a real WebDAV server${reason}`, () => {
  const place = useDirectory();
  let server: DavServer;
  let proxy: FaultProxy | undefined;
  let seed = 0;

  beforeAll(async () => {
    server = await startDavServer(library ?? "", await freePort());
  });
  afterAll(() => server?.close());
  afterEach(async () => {
    await proxy?.close();
    proxy = undefined;
  });

  const newImage = (): PublishFile =>
    writeImage(join(place.path, `${++seed}.gvmi`), testBytes(2_000_000, seed));

  async function publish(
    file: PublishFile,
    settings: Partial<HttpTargetSettings> = {},
    options: PublishOptions = {},
  ) {
    const origin = proxy?.url ?? server.origin;
    const target = new HttpTarget({
      url: `${origin}/uploads/`,
      baseUrl: server.downloads,
      retryPolicy: { attempts: 4, firstDelayMs: 1, longestDelayMs: 5, longestRetryAfterMs: 5000 },
      environment: {
        PUBLISH_HTTP_ORIGIN: origin,
        PUBLISH_HTTP_USER: "alice",
        PUBLISH_HTTP_PASSWORD: TOKEN,
      },
      ...settings,
    });
    try {
      const stored = await target.store(file, options);
      return { ...stored, check: await target.check(file, stored, options) };
    } finally {
      target.close();
    }
  }

  const stored = ({ hash }: PublishFile) => readFileSync(join(server.directory, `${hash}.gvmi`));

  test("takes an image, which everyone can then download", async () => {
    const file = newImage();
    const done: number[] = [];
    const result = await publish(file, {}, { onProgress: (progress) => done.push(progress.done) });
    expect(result).toEqual({
      url: `${server.downloads}${file.hash}.gvmi`,
      isNew: true,
      check: { redirects: 0, resume: "works", warnings: [] },
    });
    expect(stored(file).equals(readFileSync(file.path))).toBe(true);
    expect(done).toContain(file.size);
  });

  test("is sent nothing when the same bytes are there, and all when they are damaged", async () => {
    const file = newImage();
    await publish(file, { url: `${server.uploads}{file}` });
    proxy = await startFaultProxy(server.origin, () => undefined);
    expect(await publish(file)).toMatchObject({ isNew: false, check: { resume: "works" } });
    expect(proxy.requests).toEqual([]);
    truncateSync(join(server.directory, `${file.hash}.gvmi`), 1000);
    expect(await publish(file)).toMatchObject({ isNew: true });
    expect(stored(file).equals(readFileSync(file.path))).toBe(true);
  });

  test("refuses another password, which is in no message", async () => {
    const environment = {
      PUBLISH_HTTP_ORIGIN: server.origin,
      PUBLISH_HTTP_USER: "alice",
      PUBLISH_HTTP_PASSWORD: `${TOKEN}-not`,
    };
    const error = await failureOf(publish(newImage(), { environment }));
    expect(error).toMatchObject({ failure: "unauthorized", status: 401 });
    expect(error.hint).toContain("PUBLISH_HTTP_PASSWORD");
  });

  test("wants its folders to be made first, and that is said", async () => {
    const error = await failureOf(publish(newImage(), { url: `${server.uploads}none/` }));
    expect(error).toMatchObject({ failure: "conflict", status: 409 });
    expect(error.hint).toContain("want the folder to be made first");
  });

  test.each<[string, Fault]>([
    ["a reset", { kind: "reset", afterBytes: 100_000 }],
    ["500", { kind: "answer", status: 500 }],
    ["429 and Retry-After", { kind: "answer", status: 429, headers: { "retry-after": "0" } }],
    ["an answer that is lost", { kind: "lose-answer" }],
  ])("is sent the image again after %s", async (_, fault) => {
    proxy = await startFaultProxy(server.origin, (_request, earlier) =>
      earlier === 0 ? fault : undefined,
    );
    const file = newImage();
    expect(await publish(file)).toMatchObject({ isNew: true, check: { resume: "works" } });
    expect(proxy.requests).toHaveLength(2);
    expect(stored(file).equals(readFileSync(file.path))).toBe(true);
  });

  test("bytes that are damaged on their way are no success", async () => {
    proxy = await startFaultProxy(server.origin, () => ({ kind: "corrupt" }));
    await expect(publish(newImage())).rejects.toMatchObject({ problem: "other-hash" });
  });

  test.each<[string, Fault, string]>([
    ["413", { kind: "answer", status: 413 }, "too-large"],
    ["a sign-in page", { kind: "answer", status: 200, body: "<html>hello</html>" }, "protocol"],
    [
      "a redirect",
      { kind: "answer", status: 307, headers: { location: "http://x/" } },
      "redirected",
    ],
  ])("%s is no success, and is not repeated", async (_, fault, failure) => {
    proxy = await startFaultProxy(server.origin, () => fault);
    const before = readdirSync(server.directory);
    expect(await failureOf(publish(newImage()))).toMatchObject({ failure });
    expect(proxy.requests).toHaveLength(1);
    expect(readdirSync(server.directory)).toEqual(before);
  });

  test("an abort ends the upload with its reason", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const { signal } = controller;
    const onProgress = () => controller.abort(reason);
    await expect(publish(newImage(), {}, { signal, onProgress })).rejects.toBe(reason);
  });
});
