import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { descriptorDigest, encodeDescriptor } from "../../src/gvmi/descriptor.ts";
import type { PublishFile } from "../../src/publish/publish-target.ts";
import type { RegistryTargetSettings } from "../../src/publish/registry/registry-target.ts";
import { sha3, testBytes, writeImage } from "../publish/image-file.ts";
import { failureOf, publishTo } from "../publish/registry/support.ts";
import { CHUNK_BYTES, filesOf, post, useServer } from "./support.ts";

const server = useServer();
const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

function newImage(chunks = 5, seed = 1): PublishFile {
  const bytes = testBytes(chunks * CHUNK_BYTES - 300, seed);
  return writeImage(join(server.directory, `${seed}.gvmi`), bytes, "hello", CHUNK_BYTES);
}

const publish = (
  url: string,
  file: PublishFile,
  { token, ...settings }: RegistryTargetSettings & { token?: string } = {},
) =>
  publishTo(
    {
      environment: { REGISTRY_URL: url, REGISTRY_USER: "alice", REGISTRY_TOKEN: token },
      ...settings,
    },
    file,
    {},
  );

/** Pushes a descriptor, then those chunks that are asked for, as any client may. */
async function pushParts(url: string, file: PublishFile, numbers: readonly number[]) {
  const bytes = readFileSync(file.path);
  const digest = descriptorDigest(file.descriptor);
  expect((await post(`${url}/v1/image/push/descr`, {}, file.descriptor)).status).toBe(200);
  for (const number of numbers) {
    const start = number * CHUNK_BYTES;
    const chunk = bytes.subarray(start, start + CHUNK_BYTES);
    expect((await pushChunk(url, digest, number, chunk)).status).toBe(200);
  }
  return digest;
}

const pushChunk = (url: string, digest: string, number: number, chunk: Buffer, said = chunk) =>
  post(
    `${url}/v1/image/push/chunk`,
    {
      "descr-sha256": digest,
      "chunk-no": `${number}`,
      "chunk-sha256": sha256(said),
      "chunk-pos": `${number * CHUNK_BYTES}`,
      "chunk-len": `${said.length}`,
    },
    chunk,
  );

const statusOf = async (url: string, digest: string) =>
  await (await fetch(`${url}/v1/image/descr/${digest}`)).json();

describe("publishing with our client", () => {
  it("takes an anonymous image, which hash and URL then lead to", async () => {
    const { url } = await server.start();
    const file = newImage();
    const published = await publish(url, file);
    expect(published).toMatchObject({ isNew: true, check: { resume: "works", warnings: [] } });
    const info = await (await fetch(`${url}/v1/image/info?count=true&hash=${file.hash}`)).json();
    expect(info).toEqual({ sha3: file.hash, size: file.size, http: published.url });
    expect(await publish(url, file)).toMatchObject({ isNew: false });
  });

  it("gives an image a name for a token, as golem-js resolves it", async () => {
    const token = await server.addUser("alice");
    const { url } = await server.start();
    const file = newImage();
    const published = await publish(url, file, { token, tags: ["alice/hello"] });
    expect(published.names).toEqual([{ name: "alice/hello:latest", outcome: "new" }]);
    for (const tag of ["alice/hello", "alice/hello:latest"]) {
      const info = await (await fetch(`${url}/v1/image/info?count=true&tag=${tag}`)).json();
      expect(info).toMatchObject({ sha3: file.hash, http: published.url });
    }
    expect((await fetch(`${url}/v1/image/info?tag=alice/other`)).status).toBe(404);
  });

  it("moves a tag, unless tags are kept", async () => {
    const token = await server.addUser("alice");
    const first = await server.start();
    const settings = { token, tags: ["alice/hello"], onConflict: "move" } as const;
    await publish(first.url, newImage(5, 1), settings);
    const other = newImage(5, 2);
    expect((await publish(first.url, other, settings)).names[0]?.outcome).toBe("moved");
    await server.stop(first);

    const { url } = await server.start({ keepsTags: true });
    const error = await failureOf(publish(url, newImage(5, 3), settings));
    expect(error.status).toBe(409);
    const info = await (await fetch(`${url}/v1/image/info?tag=alice/hello`)).json();
    expect(info).toMatchObject({ sha3: other.hash });
  });

  it("refuses a wrong token before anything is sent", async () => {
    await server.addUser("alice");
    const { url } = await server.start();
    const error = await failureOf(
      publish(url, newImage(), { token: "wrong", tags: ["alice/hello"] }),
    );
    expect(error.failure).toBe("unauthorized");
    expect(filesOf(join(server.directory, "store"))).toEqual({});
  });

  it("takes images from users only when it is told to", async () => {
    const token = await server.addUser("alice");
    const { url } = await server.start({ allowsAnonymous: false });
    const file = newImage();
    const refusal = await failureOf(publish(url, file));
    expect(refusal.failure).toBe("forbidden");
    expect(refusal.hint).toContain("--tag");
    await publish(url, file, { token, tags: ["alice/hello"] });
  });

  it("says that an image is too large, and that the store is full", async () => {
    const file = newImage(5);
    const small = await server.start({ imageBytes: file.size - 1 });
    expect((await failureOf(publish(small.url, file))).failure).toBe("too-large");
    await server.stop(small);
    const full = await server.start({ storeBytes: file.size });
    expect((await failureOf(publish(full.url, file))).failure).toBe("full");
    await server.stop(full);
    expect(filesOf(join(server.directory, "store"))).toEqual({});
  });

  it("limits the requests of an address, and says when to come back", async () => {
    const { url } = await server.start({ requestsPerMinute: 2 });
    await fetch(`${url}/healthz`);
    await fetch(`${url}/healthz`);
    const answer = await fetch(`${url}/healthz`);
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  });
});

describe("an upload in parts", () => {
  it("goes on after a restart, with only what is missing", async () => {
    const file = newImage(4);
    const first = await server.start();
    const digest = await pushParts(first.url, file, [0, 2]);
    await server.stop(first);
    const { url } = await server.start();
    expect(await statusOf(url, digest)).toEqual({
      descriptor: "ok",
      version: 1,
      status: "partial",
      chunks: [1, 0, 1, 0],
    });
    await pushParts(url, file, [1, 3]);
    expect(await statusOf(url, digest)).toMatchObject({ status: "full", chunks: [1, 1, 1, 1] });
    const downloaded = await (await fetch(`${url}/download/${digest}`)).arrayBuffer();
    expect(sha3(Buffer.from(downloaded))).toBe(file.hash);
  });

  it("becomes whole when the process that took the last chunk ended before it was checked", async () => {
    const file = newImage(2);
    const first = await server.start();
    const digest = await pushParts(first.url, file, [0, 1]);
    expect(await statusOf(first.url, digest)).toMatchObject({ status: "full" });
    await server.stop(first);
    rmSync(join(server.directory, "store/hashes"), { recursive: true });
    const { url } = await server.start();
    expect(await statusOf(url, digest)).toMatchObject({ status: "full" });
  });

  it("asks again for a chunk that a crash has cut short", async () => {
    const file = newImage(2);
    const { url } = await server.start();
    const digest = await pushParts(url, file, [0]);
    const folder = join(server.directory, "store");
    const name = Object.keys(filesOf(folder)).find((path) => path.includes("/chunks/")) ?? "";
    truncateSync(join(folder, name), 10);
    expect(await statusOf(url, digest)).toMatchObject({ chunks: [0, 0] });
    expect(await publish(url, file)).toMatchObject({ isNew: true });
  });

  it("asks again for a chunk that the disk has damaged", async () => {
    const file = newImage(2);
    const first = await server.start();
    await pushParts(first.url, file, [0]);
    await server.stop(first);
    const folder = join(server.directory, "store");
    const name = Object.keys(filesOf(folder)).find((path) => path.includes("/chunks/")) ?? "";
    writeFileSync(join(folder, name), Buffer.alloc(CHUNK_BYTES));
    const { url } = await server.start();
    const published = await publish(url, file);
    const downloaded = await (await fetch(published.url)).arrayBuffer();
    expect(sha3(Buffer.from(downloaded))).toBe(file.hash);
  });

  it("refuses chunks that are damaged, too long, unknown or elsewhere", async () => {
    const file = newImage(2);
    const { url } = await server.start();
    const digest = await pushParts(url, file, []);
    const chunk = readFileSync(file.path).subarray(0, CHUNK_BYTES);
    const damaged = Buffer.from(chunk);
    damaged[500] = (damaged[500] ?? 0) ^ 1;
    const answers = [
      await pushChunk(url, digest, 0, damaged, chunk),
      await pushChunk(url, digest, 0, damaged),
      await pushChunk(url, digest, 0, Buffer.concat([chunk, chunk]), chunk),
      await pushChunk(url, digest, 1, chunk),
      await pushChunk(url, digest, 7, chunk),
      await pushChunk(url, sha256(chunk), 0, chunk),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400, 400, 404]);
    expect(await statusOf(url, digest)).toMatchObject({ chunks: [0, 0] });
    expect(Object.keys(filesOf(join(server.directory, "store")))).toHaveLength(1);
  });

  it("never finds an image by a hash that its descriptor only claims", async () => {
    const { url } = await server.start();
    const bytes = testBytes(500);
    const claimed = sha3(Buffer.from("another image"));
    const descriptor = encodeDescriptor({
      size: bytes.length,
      hash: claimed,
      chunkSize: CHUNK_BYTES,
      chunkDigests: [sha256(bytes)],
    });
    const file = { ...newImage(1), descriptor };
    writeFileSync(file.path, bytes);
    const digest = await pushParts(url, file, [0]);
    expect(await statusOf(url, digest)).not.toMatchObject({ status: "full" });
    expect((await fetch(`${url}/v1/image/info?hash=${claimed}`)).status).toBe(404);
    expect((await fetch(`${url}/download/${digest}`)).status).toBe(404);
    const again = await post(`${url}/v1/image/push/descr`, {}, descriptor);
    expect(again.status).toBe(400);
    expect(await again.text()).toContain("SHA3-224");
  });

  it("takes no descriptor that is none", async () => {
    const { url } = await server.start();
    const { descriptor } = newImage(2);
    const endless = Buffer.from(descriptor);
    endless.writeBigUInt64BE(2n ** 60n, 8);
    for (const bytes of [
      Buffer.alloc(0),
      descriptor.subarray(1),
      descriptor.subarray(0, 60),
      endless,
      Buffer.alloc(100_000),
    ]) {
      const { status } = await post(`${url}/v1/image/push/descr`, {}, bytes);
      expect([400, 413]).toContain(status);
    }
    expect((await post(`${url}/v1/image/push/descr`, { a: "b" })).status).toBe(400);
    expect((await fetch(`${url}/v1/image/push/descr`, { method: "POST" })).status).toBe(400);
    expect(existsSync(join(server.directory, "store/images"))).toBe(false);
  });
});

describe("a download", () => {
  async function published() {
    const { url } = await server.start();
    const file = newImage(4);
    const { url: download } = await publish(url, file);
    return { download, bytes: readFileSync(file.path), file };
  }

  it.each([
    ["bytes=0-0", 0, 1],
    ["bytes=999-1000", 999, 1001],
    ["bytes=500-3200", 500, 3201],
    ["bytes=3000-", 3000, 3700],
    ["bytes=-1200", 2500, 3700],
  ])("answers %s from the chunks that it touches", async (range, start, end) => {
    const { download, bytes } = await published();
    const answer = await fetch(download, { headers: { range } });
    expect(answer.status).toBe(206);
    expect(answer.headers.get("content-range")).toBe(`bytes ${start}-${end - 1}/3700`);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(bytes.subarray(start, end));
  });

  it("answers HEAD, conditions and what cannot be had", async () => {
    const { download, file } = await published();
    const head = await fetch(download, { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(head.headers.get("content-length")).toBe("3700");
    expect(head.headers.get("accept-ranges")).toBe("bytes");
    const etag = head.headers.get("etag") ?? "";
    expect(etag).toBe(`"${file.hash}"`);
    const statusWith = async (headers: Record<string, string>) =>
      (await fetch(download, { headers: { range: "bytes=5-", ...headers } })).status;
    const modified = head.headers.get("last-modified") ?? "";
    expect(await statusWith({ "if-none-match": etag })).toBe(304);
    expect(await statusWith({ "if-modified-since": modified })).toBe(304);
    expect(await statusWith({ "if-none-match": '"other"' })).toBe(206);
    expect(await statusWith({ "if-match": '"other"' })).toBe(412);
    expect(await statusWith({ "if-range": etag })).toBe(206);
    expect(await statusWith({ "if-range": '"other"' })).toBe(200);
    expect(await statusWith({ range: "bytes=3700-" })).toBe(416);
    expect((await fetch(download.replace(/.$/, "x"))).status).toBe(404);
  });
});

describe("who may do what", () => {
  it("lets users name images of their own alone, and guess tokens a few times only", async () => {
    const token = await server.addUser("alice");
    await server.addUser("bob");
    const { url } = await server.start();
    const file = newImage();
    await publish(url, file);
    const attach = (fields: Record<string, string>) =>
      post(`${url}/v1/image/descr/attach/${descriptorDigest(file.descriptor)}`, {
        tag: "latest",
        username: "alice",
        repository: "hello",
        login: "alice",
        token,
        ...fields,
      });
    expect((await attach({ check: "true" })).status).toBe(200);
    expect((await fetch(`${url}/v1/image/info?tag=alice/hello`)).status).toBe(404);
    expect((await attach({ username: "bob" })).status).toBe(403);
    expect((await attach({ login: "bob", username: "bob" })).status).toBe(401);
    expect((await attach({ repository: ".." })).status).toBe(400);
    expect((await attach({})).status).toBe(200);
    const login = (password: string) =>
      fetch(`${url}/auth/pat/login`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ username: "alice", password }),
      });
    expect((await login(token)).status).toBe(200);
    const guesses = Array.from({ length: 40 }, (_, guess) => login(`${guess}`));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401).length).toBeLessThanOrEqual(10);
    expect(statuses.every((status) => status === 401 || status === 429)).toBe(true);
    expect((await login(token)).status).toBe(429);
  });

  it("writes requests to the log, and no token", async () => {
    const token = await server.addUser("alice");
    const lines: string[] = [];
    const running = await server.start({ log: { write: (line) => void lines.push(line) } });
    const file = newImage();
    await publish(running.url, file, { token, tags: ["alice/hello"] });
    await server.stop(running);
    const requests = lines.map((line) => JSON.parse(line)).filter(({ url }) => url);
    expect(requests.map(({ method, url, status }) => `${method} ${url} ${status}`)).toEqual(
      expect.arrayContaining([
        "POST /auth/pat/login 200",
        `POST /v1/image/descr/attach/${descriptorDigest(file.descriptor)} 200`,
      ]),
    );
    expect(lines.join("")).not.toContain(token);
  });
});

it.each(["/proc/images", "/dev/null/images"])(
  "says that it cannot keep images in %s",
  async (path) => {
    await expect(server.start({ directory: path })).rejects.toThrow(
      `Cannot keep images in ${path}`,
    );
  },
);

describe("closing", () => {
  it("lets a transfer end, and waits for no connection without one", async () => {
    const running = await server.start();
    const { hostname, port } = new URL(running.url);
    const silent = connect(Number(port), hostname);
    await once(silent, "connect");
    const silentEnds = once(silent, "close");
    const file = newImage(1);
    const digest = await pushParts(running.url, file, []);
    const chunk = readFileSync(file.path);
    const sending = request(`${running.url}/v1/image/push/chunk`, {
      method: "POST",
      headers: { "content-type": "multipart/form-data; boundary=b" },
    });
    const fields = {
      "descr-sha256": digest,
      "chunk-no": "0",
      "chunk-sha256": sha256(chunk),
      "chunk-pos": "0",
      "chunk-len": `${chunk.length}`,
    };
    for (const [name, value] of Object.entries(fields)) {
      sending.write(`--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
    }
    sending.write(
      '--b\r\nContent-Disposition: form-data; name="file"; filename="x"\r\nContent-Type: application/octet-stream\r\n\r\n',
    );
    sending.write(chunk.subarray(0, 100));
    // When the file is there under which the chunk arrives, the request is being answered.
    const incoming = join(server.directory, "store/.incoming");
    while (readdirSync(incoming).length === 0) await new Promise(setImmediate);
    const stopped = server.stop(running);
    sending.end(Buffer.concat([chunk.subarray(100), Buffer.from("\r\n--b--\r\n")]));
    const [response] = await once(sending, "response");
    response.resume();
    expect(response.statusCode).toBe(200);
    await stopped;
    await silentEnds;

    const { url } = await server.start();
    expect(await statusOf(url, digest)).toMatchObject({ status: "full" });
  });
});
