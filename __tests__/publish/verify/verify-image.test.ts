import { createHash } from "node:crypto";
import type { RequestListener } from "node:http";
import { GvmiFormatError, PublishError } from "../../../src/errors.ts";
import { parseSubject } from "../../../src/publish/verify/parse-subject.ts";
import { type VerifyOptions, verifyImage } from "../../../src/publish/verify/verify-image.ts";
import { parseRange } from "../../../src/system/http/byte-range.ts";
import { superblock, trailer } from "../../support/gvmi.ts";
import { startServer, type TestServer } from "../../support/http-server.ts";
import { sha3, testBytes } from "../image-file.ts";

function gvmi(json: string, end = trailer(json)): Buffer {
  const squashfs = superblock(300_000);
  testBytes(250_000).copy(squashfs, 4096);
  return Buffer.concat([squashfs, end]);
}

const metadata = JSON.stringify({ Volumes: { "/golem/output": {} }, WorkingDir: "/app" });
const image = gvmi(metadata);
const hash = sha3(image);
const retryPolicy = { attempts: 2, firstDelayMs: 1, longestDelayMs: 2, longestRetryAfterMs: 0 };

let server: TestServer;
/** What is served at any path but those of the registry. */
let content = image;
let info: RequestListener;

beforeEach(async () => {
  content = image;
  info = (_, response) => {
    response.end(JSON.stringify({ sha3: hash, http: `${server.url}/download/x` }));
  };
  server = await startServer((request, response) => {
    if (request.url?.startsWith("/v1/image/info")) return info(request, response);
    const range = parseRange(request.headers.range, content.length);
    const { start, end } =
      typeof range === "object" ? range : { start: 0, end: content.length - 1 };
    response.writeHead(range ? 206 : 200, {
      "accept-ranges": "bytes",
      "content-length": end - start + 1,
      ...(range && { "content-range": `bytes ${start}-${end}/${content.length}` }),
    });
    return response.end(request.method === "HEAD" ? undefined : content.subarray(start, end + 1));
  });
});

afterEach(() => server.close());

const verify = (text: string, options: VerifyOptions = {}) =>
  verifyImage(parseSubject(text), {
    retryPolicy,
    environment: { REGISTRY_URL: server.url },
    ...options,
  });

async function failure(...parameters: Parameters<typeof verify>): Promise<PublishError> {
  const error = await verify(...parameters).then(
    () => undefined,
    (reason) => reason,
  );
  expect(error.hint).toBeTruthy();
  return error;
}

test("an image is known by its URL, and its hash is found out", async () => {
  const url = `${server.url}/image.gvmi`;
  expect(await verify(url)).toEqual({
    hash,
    isExpected: false,
    url,
    package: `hash:sha3:${hash}:${url}`,
    size: image.length,
    check: { redirects: 0, resume: "works", warnings: [] },
    volumes: ["/golem/output"],
    workingDirectory: "/app",
    compression: "gzip",
    snippets: expect.arrayContaining([expect.objectContaining({ consumer: "yapapi" })]),
  });
});

test("a package string says which hash the image must have", async () => {
  const text = `hash:sha3:${hash}:${server.url}/image.gvmi`;
  expect(await verify(text)).toMatchObject({ isExpected: true, package: text });
  content = Buffer.concat([image]);
  content[200_000] = (content[200_000] ?? 0) ^ 1;
  expect(await failure(text)).toMatchObject({ problem: "other-hash" });
});

test("longer SHA-3 digests are taken as providers take them, and that is said", async () => {
  const digest = createHash("sha3-512").update(image).digest("hex");
  const result = await verify(`hash:sha3:${digest}:${server.url}/image.gvmi`);
  expect(result.hash).toBe(digest);
  expect(result.check.warnings).toEqual([expect.stringContaining("a longer SHA-3")]);
});

test("a tag and a hash lead to an image by the registry, as requestors ask it", async () => {
  const asked: (string | undefined)[] = [];
  info = (request, response) => {
    asked.push(request.url);
    response.end(JSON.stringify({ sha3: hash, http: `${server.url}/download/x` }));
  };
  expect(await verify("alice/hello")).toMatchObject({ hash, tag: "alice/hello:latest" });
  expect(await verify(hash)).toMatchObject({ hash, url: `${server.url}/download/x` });
  expect(asked).toEqual([
    "/v1/image/info?tag=alice%2Fhello%3Alatest",
    `/v1/image/info?hash=${hash}`,
  ]);
});

test("a registry that knows nothing of it is named", async () => {
  info = (_, response) => response.writeHead(404).end();
  const error = await failure("alice/hello:1");
  expect(error).toBeInstanceOf(PublishError);
  expect(error.message).toBe(`The registry ${server.url} has no image alice/hello:1.`);
});

test("a registry that answers with another image than it was asked for is no success", async () => {
  const other = sha3(Buffer.from("other"));
  expect((await failure(other)).message).toContain(`asked for ${other}, and answers with ${hash}`);
});

test("a registry whose image is another one than it says is no success", async () => {
  content = gvmi("{}");
  expect(await failure("alice/hello:1")).toMatchObject({ problem: "other-hash" });
});

test("an expected hash is compared, wherever the image is found", async () => {
  const other = sha3(Buffer.from("other"));
  expect(await verify(`${server.url}/x`, { hash })).toMatchObject({ isExpected: true });
  expect(await failure(`${server.url}/x`, { hash: other })).toMatchObject({
    problem: "other-hash",
  });
  expect((await failure("alice/hello", { hash: other })).message).toContain(`and not ${other}`);
});

test.each([
  ["a web page", Buffer.from("<!DOCTYPE html><title>Sign in</title>"), "is a page of text"],
  ["an error in JSON", Buffer.from('{"error": "no"}'), "is a page of text"],
  ["an archive", testBytes(100_000), "does not end with the length of its metadata"],
  ["an image whose trailer is damaged", damagedTrailer(), "The CRC of its metadata is wrong"],
  [
    "no squashfs",
    Buffer.concat([testBytes(5000), trailer("{}")]),
    "does not start with a squashfs",
  ],
  ["a squashfs that is cut off", cutOff(), "cut off or damaged"],
  ["next to nothing", Buffer.from("x"), "the shortest possible has 12"],
])("%s is no image, although anyone can download it", async (_, bytes, reason) => {
  content = bytes;
  const error = await failure(`${server.url}/x`);
  expect(error.message).toContain(reason);
  expect(error).toBeInstanceOf(reason.includes("page") ? PublishError : GvmiFormatError);
});

test("metadata of a megabyte is too long to be looked at, and that is said", async () => {
  content = gvmi("", trailer(JSON.stringify({ Labels: { a: "x".repeat(1024 * 1024) } })));
  expect((await failure(`${server.url}/x`)).message).toMatch(/at most \d+ are looked at/);
});

test("a password in the URL is noticed", async () => {
  const result = await verify(`${server.url.replace("//", "//user:pass@")}/x`);
  expect(result.check.warnings).toEqual([expect.stringContaining("a user or password")]);
});

function damagedTrailer(): Buffer {
  const end = trailer(metadata);
  end[6] = (end[6] ?? 0) ^ 1;
  return gvmi("", end);
}

function cutOff(): Buffer {
  return Buffer.concat([superblock(300_000).subarray(0, 1000), trailer("{}")]);
}
